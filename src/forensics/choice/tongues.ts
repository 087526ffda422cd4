/**
 * The words with which people say which one they want: English, German, Spanish, French. Comparisons, negations, days and places in
 * a list are closed classes, so that lists can hold them; what things are called is never in here, it comes from the answer.
 */
import type { Extreme } from './wishes.ts';

/** Whole words: `\\b` knows no letters beyond ASCII. */
export const whole = (words: string, flags = 'iu'): RegExp =>
  new RegExp(`(?<![\\p{L}\\p{N}])(?:${words})(?![\\p{L}\\p{N}])`, flags);

const cheap = { most: false, of: 'price' } as const;
const dear = { most: true, of: 'price' } as const;
const small = { most: false, of: 'number' } as const;
const large = { most: true, of: 'number' } as const;
const early = { most: false, of: 'time' } as const;
const late = { most: true, of: 'time' } as const;
const most = { most: true, of: 'named' } as const;
const least = { most: false, of: 'named' } as const;

const ENGLISH: [RegExp, Extreme][] = [
  [
    whole(
      'cheapest|least expensive|lowest[- ](?:price|fare|cost|rate|fee)\\w*|costs? (?:the )?least|most affordable|lowest',
    ),
    cheap,
  ],
  [
    whole('dearest|priciest|most expensive|highest[- ](?:price|fare|cost|rate)\\w*|costs? (?:the )?most'),
    dear,
  ],
  [whole('smallest|shortest|fewest|lightest|nearest|closest|fastest|quickest|lowest'), small],
  [
    whole('largest|biggest|longest|greatest|heaviest|farthest|furthest|best[- ]rated|top[- ]rated|highest'),
    large,
  ],
  [
    whole(
      'earliest|soonest|oldest|(?:next|first) (?:available|free|open|possible)|(?:leaves|departs|arrives|starts|goes|begins) first',
    ),
    early,
  ],
  [
    whole(
      '(?<!\\bat )the latest|newest|most recent|(?:leaves|departs|arrives|starts|goes|begins) last|the last (?:one|slot|flight|train|appointment|available|open|free)|last (?:one )?of the (?:day|week|month)',
    ),
    late,
  ],
  [/\b(?:the|with) (?:very )?most(?= [a-z])/iu, most],
  [/\b(?:the|with) (?:very )?least(?= [a-z])/iu, least],
];
const GERMAN: [RegExp, Extreme][] = [
  [
    whole(
      '(?:günstigste|billigste|preiswerteste)[nrsm]?|(?:niedrigste|kleinste|geringste)[nrsm]? (?:preis|kosten|gebühr)\\p{L}*',
    ),
    cheap,
  ],
  [whole('teuerste[nrsm]?|höchste[nrsm]? (?:preis|kosten|gebühr)\\p{L}*'), dear],
  [whole('(?:kleinste|kürzeste|leichteste|schnellste|niedrigste|geringste)[nrsm]?'), small],
  [whole('(?:größte|längste|schwerste|höchste)[nrsm]?'), large],
  [
    whole(
      '(?:früheste|frühestmögliche|älteste)[nrsm]?|(?:nächste|erste)[nrsm]? (?:freie|verfügbare|mögliche)[nrsm]?',
    ),
    early,
  ],
  [whole('(?:späteste|neueste)[nrsm]?'), late],
  [whole('meiste[nrsm]?(?= \\p{L})'), most],
  [whole('wenigste[nrsm]?(?= \\p{L})'), least],
];
const SPANISH: [RegExp, Extreme][] = [
  [whole('más (?:barat|económic)[oa]s?|menor (?:precio|cost[eo]|importe)|cuest[ae] menos'), cheap],
  [whole('más car[oa]s?|mayor (?:precio|cost[eo]|importe)|cuest[ae] más'), dear],
  [whole('más (?:pequeñ|cort|liger|rápid|cercan)[oa]s?|menor'), small],
  [whole('más (?:grande|larg[oa]|pesad[oa])s?|mayor'), large],
  [whole('más (?:tempran|antigu)[oa]s?|primer[oa]? (?:libre|disponible|posible)|cuanto antes'), early],
  [whole('más recientes?'), late],
  [/(?<!\p{L})(?:con|(?:que )?teng[ao]n?|(?:que )?tienen?) (?:el |la )?más(?= \p{L})/iu, most],
  [/(?<!\p{L})(?:con|(?:que )?teng[ao]n?|(?:que )?tienen?) (?:el |la )?menos(?= \p{L})/iu, least],
];
const FRENCH: [RegExp, Extreme][] = [
  [
    whole(
      'moins ch(?:er|ère)s?|(?:prix|tarif|coût) le plus bas|plus (?:économique|abordable)s?|coûte le moins',
    ),
    cheap,
  ],
  [whole('plus ch(?:er|ère)s?|coûte le plus'), dear],
  [whole('plus (?:petite?|courte?|proche|rapide|légère|léger|faible|bas|basse)s?'), small],
  [whole('plus (?:grande?|longue?|lourde?|élevée?|gros|grosse|haute?|éloignée?|lointaine?)s?'), large],
  [
    whole(
      'plus (?:tôt|ancien|ancienne)s?|premi(?:er|ère)s? (?:disponible|libre|possible)s?|dès que possible',
    ),
    early,
  ],
  [whole('plus (?:tard|récente?)s?'), late],
  [/(?<!\p{L})(?:avec|a|ait|offre|propose) le plus (?:de |d['’])(?=\p{L})/iu, most],
  [/(?<!\p{L})(?:avec|a|ait|offre|propose) le moins (?:de |d['’])(?=\p{L})/iu, least],
];
export const EXTREMES: readonly [RegExp, Extreme][] = [...ENGLISH, ...GERMAN, ...SPANISH, ...FRENCH];

/** What may stand before an extreme without being a condition of its own. */
export const SAYS_NO_MORE =
  '(?<!\\p{L})(?:that|which|with(?: the)?|mit de[mnr]|con (?:el|la)|avec (?:le|la)|de|que|qui)\\s';
export const RANKED_BY =
  '(?<!\\p{L})(?:(?:one of|among|second|third|fourth|next|2nd|3rd)[- ](?:the |very )*|eine[rsmn]? der |un[oa] de l[oa]s |une? des |(?:segund|tercer|cuart)[oa]? |(?:deuxième|troisième|second|seconde) )';

export const CONDITION = whole(
  [
    'after|before|at least|at most|under|over|below|above|within|between|without|unless|if|only if|as long as|direct|non-?stop|that|which|who|with',
    'nach|vor|mindestens|höchstens|unter|über|zwischen|innerhalb|ohne|falls|wenn|sofern|solange|direkt\\p{L}*|mit|bis|ab|spätestens',
    'después|antes de|hasta|desde|menos de|más de|al menos|como máximo|entre|dentro|sin|si|siempre que|direct[oa]|que|con',
    "après|avant|jusqu|moins de|plus de|au moins|au plus|au maximum|entre|sans|sauf si|s[’']il(?! (?:vous|te) pla)|tant que|dont|qui|avec",
  ].join('|'),
);
/** A deed is made to depend on something. */
export const DEPENDS = whole(
  'if|once|unless|provided|as long as|as soon as|only when|falls|wenn|sofern|sobald|solange|vorausgesetzt|si|siempre que|cuando|en cuanto|mientras|dès que|à condition|pourvu|lorsque|quand|tant que',
);
/** A relative clause in German begins with what else is an article. */
export const RELATIVE = /, (?:der|die|das|den|dem|welche[rsmn]?)(?!\p{L})/iu;
export const RULED_OUT =
  /(?<!\p{L})(?:(?:any|all)(?:thing|one)?(?: of them)? but|except(?: for)?|other than|apart from|but not|anything but|not|außer|bis auf|nicht|excepto|salvo|menos|sauf|excepté|hormis|pas)\s+(?:(?:the one|the ones|that|on|in|at|from|a|an|die|den|der|dem|das|am|im|an|el|la|los|las|de|del|en|le|les|du|celui|celle|à)\s+)*([^.,;!?\n]{2,60})/giu;
export const NEGATED = new RegExp(
  `${whole('not|no|never|cannot|except|without|rather than|instead of|other than|apart from|nicht|keine?[nrsm]?|nie|ohne|außer|statt|anstatt|nunca|sin|excepto|salvo|pas|jamais|sans|sauf|plutôt que').source}|n(?:’t|'t)\\b|\\ball? but\\b|\\bany\\w* but\\b`,
  'iu',
);
/** Where a clause ends for what is negated in it. */
export const CLAUSE =
  /(?<=[.!?;\n])\s*|,\s+(?=(?:but|not|anything|any|sondern|aber|nicht|kein\p{L}*|sino|pero|mais|pas)(?!\p{L}))/u;
/** A question that asks for a deed. */
export const REQUEST =
  /(?<!\p{L})(?:(?:can|could|would|will|may) (?:you|i|we)|(?:können|könnten|würden|kann|kannst|könntest) (?:sie|du|ich|wir)|(?:me |nos )?(?:puedes?|podrías?|pueden|podrían)|(?:pouvez|pourriez)[- ]vous|peux[- ]tu)(?!\p{L})/iu;

const WEEK = [
  'sundays?|sonntags?|domingos?|dimanches?',
  'mondays?|montags?|lunes|lundis?',
  'tuesdays?|dienstags?|martes|mardis?',
  'wednesdays?|mittwochs?|mi[ée]rcoles|mercredis?',
  'thursdays?|donnerstags?|jueves|jeudis?',
  'fridays?|freitags?|viernes|vendredis?',
  'saturdays?|samstags?|sonnabends?|s[áa]bados?|samedis?',
];
export const DAYS: readonly RegExp[] = WEEK.map((names) => whole(names, 'giu'));
const ENGLISH_PLACES = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth'];
const GERMAN_PLACES = ['erste', 'zweite', 'dritte', 'vierte', 'fünfte', 'sechste'];
const SPANISH_PLACES = ['primer[oa]?', 'segund[oa]', 'tercer[oa]?', 'cuart[oa]', 'quint[oa]', 'sext[oa]'];
const FRENCH_PLACES = [
  'premi(?:er|ère)',
  '(?:deuxième|seconde?)',
  'troisième',
  'quatrième',
  'cinquième',
  'sixième',
];
const AT_ITS_END =
  "(?: (?:one|option|choice|entry|offer|item|opción))?(?=\\s*(?:$|[.,;!?\\n]|(?:please|for|on the list|in the list|bitte|für|por favor|para|pour|s[’']il)(?!\\p{L})))";
const placed = (article: string, word: string, place: number): [RegExp, number] => [
  new RegExp(`(?<!\\p{L})(?:${article}) (?:${word})${AT_ITS_END}`, 'giu'),
  place,
];
/** Places in a list that the agent numbered, -1 is the last; a form that captures a number is at that place. */
export const PLACES: readonly [RegExp, number][] = [
  ...ENGLISH_PLACES.map((word, i) => placed('the', word, i)),
  ...GERMAN_PLACES.map((word, i) => placed('der|die|das|den|dem', `${word}[nrsm]?`, i)),
  ...SPANISH_PLACES.map((word, i) => placed('el|la', word, i)),
  ...FRENCH_PLACES.map((word, i) => placed('le|la', word, i)),
  placed('the', 'last', -1),
  placed('der|die|das|den|dem', 'letzte[nrsm]?', -1),
  placed('el|la', 'últim[oa]', -1),
  placed('le|la', 'derni(?:er|ère)', -1),
  [whole('(?:option|number|choice|nummer|opción|número) (\\d)', 'giu'), 0],
];
export const ASSENT = new RegExp(
  `^[^\\p{L}\\p{N}]*${whole("yes|yeah|yep|sure|ok|okay|correct|right|exactly|confirmed?|go ahead|please (?:do|proceed|go ahead)|proceed|sounds good|perfect|great|agreed|ja|genau|gerne?|einverstanden|in ordnung|passt|sí|claro|vale|de acuerdo|adelante|perfecto|oui|d[’']accord|parfait|bien sûr|entendu").source}`,
  'iu',
);
