/** Applicants and their applications, each a pure function of its number, so that every service knows the same. */
export interface Applicant {
  applicantId: string;
  name: string;
  annualIncome: number;
  employmentStatus: 'employed' | 'self_employed' | 'contract' | 'retired';
  yearsEmployed: number;
  employer: string | null;
  secondaryIncome: number | null;
  incomeNote: string | null;
  creditScore: number;
  openAccounts: number;
  latePayments: number;
  utilisation: number;
  bankruptcyYear: number | null;
}

export interface LoanApplication {
  applicationId: string;
  applicantId: string;
  applicantName: string;
  amountUsd: number;
  termMonths: number;
  purpose: string;
}

/** Mulberry32: small, seeded, the same on every machine. */
const randomOf = (seed: number): (() => number) => {
  let state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
};

const FIRST =
  'Amara Bruno Chen Dalia Emre Farah Goran Hana Ines Jonas Keiko Luca Mira Noor Otto Priya Quinn Rosa Samir Tove'.split(
    ' ',
  );
const LAST =
  'Adeyemi Berg Castillo Dimitrov Eriksen Fofanah Gupta Haddad Ito Jansen Kowalski Lindqvist Moreau Novak Okafor Petrov Reyes Suzuki Tamm Weiss'.split(
    ' ',
  );
const EMPLOYERS = [
  'Northlight Foods',
  'Harbour Rail',
  'Calder Clinics',
  'Vesta Glass',
  'Town of Elmsworth',
  'Orrin Logistics',
];
const PURPOSES = ['car', 'home repair', 'debt consolidation', 'tuition', 'medical bills', 'equipment'];
const STATUSES = [
  'employed',
  'employed',
  'employed',
  'employed',
  'self_employed',
  'contract',
  'retired',
] as const;

/** Scatters 0…89,999 over all five-digit numbers, one to one, so that neighbours do not look alike. */
const scattered = (index: number): number => 10_000 + ((index * 57_193 + 4_211) % 90_000);
const FEWEST = 10_000;

export const applicantIdOf = (index: number): string => `AP-${scattered(index)}`;
export const applicationIdOf = (index: number): string => `LN-${scattered(index + 31_337)}`;

const INDEX_OF = new Map<string, number>();
for (let index = 0; index < FEWEST; index += 1) INDEX_OF.set(applicantIdOf(index), index);

export const applicantOf = (index: number): Applicant => {
  const random = randomOf(index + 1);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const between = (low: number, high: number): number => Math.round(low + random() * (high - low));
  const name = `${pick(FIRST)} ${pick(LAST)}`;
  const employmentStatus = pick(STATUSES);
  const working = employmentStatus !== 'retired';
  return {
    applicantId: applicantIdOf(index),
    name,
    employmentStatus,
    annualIncome: between(300, 1400) * 100,
    yearsEmployed: working ? (random() < 0.08 ? 0.25 : between(1, 22)) : between(20, 40),
    employer: working && employmentStatus !== 'self_employed' && random() < 0.85 ? pick(EMPLOYERS) : null,
    secondaryIncome: random() < 0.15 ? between(20, 120) * 100 : null,
    incomeNote: random() < 0.1 ? 'Figures taken from the latest tax return.' : null,
    creditScore: random() < 0.12 ? between(520, 619) : between(620, 830),
    openAccounts: between(1, 9),
    latePayments: random() < 0.6 ? 0 : between(1, 4),
    utilisation: between(5, 80) / 100,
    bankruptcyYear: random() < 0.04 ? between(2012, 2021) : null,
  };
};

export const applicantById = (applicantId: string): Applicant | null => {
  const index = INDEX_OF.get(applicantId);
  return index === undefined ? null : applicantOf(index);
};

export const applicationOf = (index: number): LoanApplication => {
  const random = randomOf(index + 500_001);
  const applicant = applicantOf(index);
  return {
    applicationId: applicationIdOf(index),
    applicantId: applicant.applicantId,
    applicantName: applicant.name,
    amountUsd: Math.round(40 + random() * 310) * 100,
    termMonths: 12 * (2 + Math.floor(random() * 5)),
    purpose: PURPOSES[Math.floor(random() * PURPOSES.length)] as string,
  };
};

/** How many different applicants there are; afterwards the store has no new applications. */
export const APPLICANTS = FEWEST;
