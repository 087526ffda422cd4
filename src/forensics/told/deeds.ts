import { foldedFor, sievesFor } from '../text/literals.ts';
import { matchesOf } from '../text/matches.ts';

/**
 * Deeds that agents do with tools, by the beginnings of their words (`$` where the word ends) in English, German, Spanish and
 * French. Deeds are a nearly closed class; what they are done to is never in here. A word may belong to several.
 */
const DEEDS: readonly string[] = [
  'cancel void(?:ed)?$ withdr revok terminat drop(?:ped)?$ annul abort called_off storn gekündigt kündig abgesagt absag anul résili',
  'refund reimburs credited$ repa(?:y|id)$ giveback reclaim return exchang swap(?:ped|s)?$ trade[ds]?$ replac erstatt rückerstatt gutgeschrieben umgetauscht umtausch zurückgeschickt zurückgegeben reembols devuel devolu devolv intercambi rembours échang retourn',
  'book(?:ed|s)?$ reserv(?:e|es|ed|ing)$ schedul regist enrol arrang appoint sign(?:ed)?$ buch(?:e|en|t)?$ gebucht eingebucht vereinbar terminier angemeldet agendad program réserv(?:er|ez|é|ée|és|ées)?$ planifi inscri',
  'chang modif updat edit(?:ed|s)?$ amend revis adjust replac upgrad downgrad mov(?:e|ed|es|ing)$ postpon reschedul correct renam convert switch add(?:ed|s|ing)?$ set$ put$ extend swap(?:ped|s)?$ geändert änder aktualisier angepasst anpass umgebucht verschoben verschieb ersetzt verlegt verläng hinzugefügt ergänzt cambi actualiz reprogram correg añad agreg ajout déplac prolong remplac mis$',
  'sent$ send mail(?:ed|s)?$ emailed$ messaged$ notif forward(?:ed)?$ dispatch ship(?:ped|s)?$ publish posted$ issu grant invit schick geschickt gesendet send verschickt versandt benachrichtig weitergeleitet ausgestellt envi mand(?:é|ó|ad[oa]s?|ar)$ notific reenvi emitid envoy transmis émis',
  'delet remov eras(?:e|ed|es|ing)$ purg drop(?:ped)?$ cleared$ uninstall wiped?$ gelöscht lösch entfern elimin borr suprim supprim effac',
  'creat opened$ open$ add(?:ed|s|ing)?$ fil(?:e|ed|ing)$ submit rais(?:e|ed|ing)$ logged$ insert generat plac(?:e|ed|ing)$ ordered$ assign register erstell angelegt anleg eröffn eingereicht bestell beantrag zugewiesen cread crear abiert solicit asign créé créer ouvert command soumis',
  'paid$ pay(?:s|ing)?$ charge[ds]?$ transfer debit settled$ purchas bought$ buy$ wired?$ bezahl zahle?n?$ überwiesen überweis abgebucht belastet gekauft kauf(?:en|e)?$ pagad pagar pagu cobrad comprad transferid payé payer vir(?:é|ée|er|ement)$ débit achet',
  'stop paus(?:e|ed|ing)$ suspend block(?:ed|s)?$ disabl deactivat lock(?:ed|s)?$ froze freez shut$ kill halt gesperrt sperr gestoppt stopp pausier deaktivier bloque suspend desactiv bloqu désactiv',
  'start restart enabl activat deploy launch resum unlock unblock reboot restor scale[ds]?$ rolled$ rollback merge[ds]?$ reset$ gestartet neugestartet aktivier freigeschaltet entsperrt wiederhergestellt zurückgesetzt activ inici reinici despleg restaur démarr redémarr déploy réinitialis',
  'approv authoriz authoris sign(?:ed)?$ genehmig freigegeben aprob firmad approuv',
];
const FORMS = DEEDS.map((words) => new RegExp(`^(?:${words.split(' ').join('|')})`, 'u'));
/** A deed that says little of itself: what a tool is called that may do nearly any change. */
const BROAD = /^(?:updat|modif|chang|edit$|manag|put$|patch|post$|writ|sav|upsert|appl|execut|run$)/u;
/** Says that something is done, and leaves to the words around it what that is. */
const COMPLETED =
  /^(?:process|complet|initiat|request|submit|done|finish|finali|execut|perform|carried|appl(?:y|ied)|confirm|made|handled|record|arranged|durchgeführt|ausgeführt|abgeschlossen|erledigt|bearbeitet|veranlasst|vorgenommen|realizad|completad|procesad|efectuad|tramitad|hech|effectu|complét|trait|réalis|fait|enregistr)/u;
export const isCompletion = (word: string): boolean => COMPLETED.test(word);
/** What a tool is called that begins with such a word. */
const FIRST: Readonly<Record<string, string>> = {
  email: 'send',
  message: 'send',
  sms: 'send',
  post: 'send',
  order: 'purchase',
  credit: 'refund',
};

const known = new Map<string, ReadonlySet<number>>();
/** Which deeds a word says, by their numbers. */
export const deedsOf = (word: string): ReadonlySet<number> => {
  const found = known.get(word);
  if (found) return found;
  const deeds = new Set(FORMS.flatMap((form, deed) => (form.test(word) ? [deed] : [])));
  if (known.size < 20_000 && word.length < 40) known.set(word, deeds);
  return deeds;
};
const WORD = /\p{L}+/gu;
/** Which deeds the words of a text say. */
export const deedsNamedIn = (text: string): ReadonlySet<number> =>
  new Set((text.toLowerCase().match(WORD) ?? []).flatMap((word) => [...deedsOf(word)]));
export const isShared = (a: ReadonlySet<number>, b: ReadonlySet<number>): boolean =>
  [...a].some((deed) => b.has(deed));

const NAME_WORD = /\p{Lu}?\p{Ll}+|\p{Lu}+(?!\p{Ll})/gu;
/** The words of a tool's name. */
export const nameWords = (name: string): string[] =>
  (name.slice(0, 200).match(NAME_WORD) ?? []).map((word) => word.toLowerCase());
/** Which deeds a tool does, by its name; null where it may do nearly any. */
export const deedsOfTool = (name: string): ReadonlySet<number> | null => {
  const words = nameWords(name).map((word, i) => (i === 0 ? (FIRST[word] ?? word) : word));
  return words.some((word) => BROAD.test(word)) ? null : new Set(words.flatMap((word) => [...deedsOf(word)]));
};
export const mayDo = (name: string, deeds: ReadonlySet<number>): boolean => {
  const own = deedsOfTool(name);
  return own === null ? deeds.size > 0 : isShared(own, deeds);
};

/** Something that a sentence says is done. */
export interface Deed {
  /** The participle, in small letters. */
  word: string;
  sentence: string;
  at: number;
}
const ADVERBS = '(?:(?:now|just|also|both|all|each|hereby|\\p{L}{2,20}ly) ){0,3}';
const [IN_GERMAN, IN_SPANISH, IN_FRENCH] = [
  '(?:(?:nun|jetzt|soeben|hiermit|erfolgreich|wunschgemäß) )?',
  '(?:(?:ahora|correctamente|(?:\\p{L}{2,20}mente)) )?',
  '(?:(?:bien|maintenant|désormais|(?:\\p{L}{2,20}ment)) )?',
] as const;
/** What stands before a participle that tells of a deed done, in the perfect or as the agent's own. */
const FORMS_OF_DONE: readonly RegExp[] = [
  new RegExp(`(?<!\\p{L})(?:ha(?:s|ve)|it[’']s|[’']ve) ${ADVERBS}been ${ADVERBS}(\\p{L}{3,30})`, 'giu'),
  new RegExp(`(?<!\\p{L})(?:I|we)(?:[’']ve| have) ${ADVERBS}(\\p{L}{3,30})`, 'giu'),
  new RegExp(
    `(?<!\\p{L})(?:I|we) ${ADVERBS}(\\p{L}{2,30}ed|sent|paid|put|withdrew|froze|shut|bought)(?!\\p{L})`,
    'giu',
  ),
  new RegExp(
    `(?<!\\p{L})(?:is|are|was|were|[’']s|[’']re) (?:now|just|successfully|hereby) ${ADVERBS}(\\p{L}{3,30})`,
    'giu',
  ),
  new RegExp(
    `(?<!\\p{L})(?:ha sido|han sido|se ha|se han|hemos) ${IN_SPANISH}(\\p{L}{2,30}(?:[ai]d|ert|uelt|uest)[oa]s?)(?!\\p{L})`,
    'giu',
  ),
  new RegExp(`(?<!\\p{L})(?:he) ${IN_SPANISH}(\\p{L}{2,30}(?:ado|ido|erto|elto|esto))(?!\\p{L})`, 'giu'),
  new RegExp(`(?<!\\p{L})(?:j[’']ai|nous avons|a été|ont été) ${IN_FRENCH}(\\p{L}{3,30})`, 'giu'),
  new RegExp(
    `(?<!\\p{L})(?:ich habe|wir haben|habe ich|haben wir|wurden?|ist nun|sind nun|ist jetzt|sind jetzt) (?:[^.!?;:\\n]{0,100} )?${IN_GERMAN}(\\p{L}{0,12}ge\\p{L}{2,20}|\\p{L}{3,20}iert|(?:ver|er|be|ent|über)\\p{L}{2,20}t)(?= und |[.,;!]|$)`,
    'giu',
  ),
];
const sieve = sievesFor(FORMS_OF_DONE);
/** Said before it of what may be, what is told by somebody else, what is only written down. */
const NOT_DONE =
  /(?<!\p{L})(?:once|if|when|whenever|after|until|unless|whether|before|as soon as|provided|assuming|in case|shows?|according|indicates?|seems?|looks?|appears?|apparently|see|says|draft|example|template|sobald|wenn|falls|nachdem|ob|bis|bevor|laut|cuando|una vez|si|después|antes|según|quand|lorsque|dès|une fois|après|avant|selon)(?!\p{L})/iu;
/** The same, where it stands right before it. */
const NOT_DONE_HERE =
  /(?<!\p{L})(?:will|would|can|could|should|shall|may|might|must|need|to|that|which|who|no|que|qui)\s+$/iu;
const NOT =
  /(?<!\p{L})(?:not|never|cannot|unable|nothing|nicht|kein\p{L}*|nunca|jamais|pas)(?!\p{L})|n[’']t(?!\p{L})/iu;
const isDenied = (before: string): boolean =>
  NOT_DONE.test(before) || NOT_DONE_HERE.test(before) || NOT.test(before.slice(before.lastIndexOf(',') + 1));
/** How far before a participle that is looked for. */
const LOOKED_BACK = 160;
const ENDS = /[.!?;](?=\s|$)|\n/g;
const MAX_SAID = 6000;
const MOST = 40;

/** The clauses in which a text says that something is done. */
export const deedsToldIn = (said: string): Deed[] => {
  const text = said.slice(0, MAX_SAID);
  const may = sieve(foldedFor(text));
  const out: Deed[] = [];
  let ends: number[] | null = null;
  for (const [i, form] of FORMS_OF_DONE.entries()) {
    for (const match of may[i] === 1 ? matchesOf(form, text) : []) {
      if (out.length >= MOST) return out;
      const at = match.index;
      ends ??= matchesOf(ENDS, text).map((m) => m.index + 1);
      const from = ends.findLast((end) => end <= at) ?? 0;
      const to = ends.find((end) => end > at) ?? text.length;
      if (text[to - 1] !== '?' && !isDenied(text.slice(Math.max(from, at - LOOKED_BACK), at)))
        out.push({ word: (match[1] ?? '').toLowerCase(), sentence: text.slice(from, to), at });
    }
  }
  return out.toSorted((a, b) => a.at - b.at);
};
