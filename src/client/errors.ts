/** There is no incident of this id. */
export class UnknownIncident extends Error {
  override readonly name = 'UnknownIncident';
  constructor(incidentId: string) {
    super(`There is no incident ${incidentId}.`);
  }
}

/** No agent of this name is configured. */
export class UnknownAgent extends Error {
  override readonly name = 'UnknownAgent';
  constructor(agent: string) {
    super(`No agent ${agent} is configured: add it to holdpoint.yaml.`);
  }
}

/** Neither an update nor a signal got through to Temporal: nothing was taken, the giver has to try again. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
  constructor(
    cause: unknown,
    message = 'The incident engine cannot be reached at present; nothing was taken. Try again in a moment.',
  ) {
    super(message, { cause });
  }
}

/** What this process signs is refused as stale or from the future: its clock is not Temporal's. Nothing was taken. */
export class ClockDiffers extends Unreachable {
  constructor(cause: unknown) {
    super(
      cause,
      'The clock of this Holdpoint server differs from the incident engine’s by minutes; nothing was taken. Set the clock of the server.',
    );
  }
}

/** A command that is not well formed; the message names the field. */
export class BadCommand extends Error {
  override readonly name = 'BadCommand';
  readonly field: string;
  constructor(field: string, message: string) {
    super(message);
    this.field = field;
  }
}
