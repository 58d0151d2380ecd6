import { basename, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ArtifactLocation, Location, Log, ReportingDescriptor, Result, Stack, ThreadFlow } from 'sarif';
import type { CampaignState } from '../campaign/state.ts';
import type { FaultKind } from '../executor/fault.ts';
import type { FindingState } from '../findings/finding.ts';
import { KINDS } from '../findings/kinds.ts';
import { harmless } from '../harmless.ts';
import { ownPlace, type Place, placesOf, uriOf } from './place.ts';

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';
/** The name that code hosts know for the checkout's folder. */
const ROOT = '%SRCROOT%';
/** Names what a fingerprint is made from; to be raised when that changes. */
const FINGERPRINT = 'kcovjsFinding/v1';

const RULES: Readonly<Record<FaultKind, string>> = {
  error: 'An input makes the target throw an error that it does not expect',
  detector: 'A bug detector reports what an input does',
  rejection: 'An input leads to a promise rejection, or an error of a timer, that nobody handles',
  timeout: 'An input makes the target run for too long',
  oom: 'An input makes the target take too much memory',
  crash: 'An input makes the process die of a signal',
  exit: 'An input makes the target end its process',
};

export interface SarifOptions {
  /** Absolute folder: paths in it are relative to it. */
  cwd: string;
  /** Of kcovjs. */
  version: string;
}

/** Findings as SARIF 2.1.0, for code hosts. */
export function sarif(state: CampaignState, { cwd, version }: SarifOptions): Log {
  const { targets, findings, now, elapsed } = state;
  return {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'kcovjs', version, rules: KINDS.map(rule) } },
        automationDetails: { id: `kcovjs/${targets.map(({ name }) => harmless(name)).join('+')}/` },
        originalUriBaseIds: { [ROOT]: { uri: pathToFileURL(`${cwd}/`).href } },
        invocations: [
          {
            executionSuccessful: true,
            startTimeUtc: new Date(now - elapsed).toISOString(),
            endTimeUtc: new Date(now).toISOString(),
          },
        ],
        columnKind: 'utf16CodeUnits',
        results: findings.map((finding) => result(finding, cwd)),
      },
    ],
  };
}

const rule = (kind: FaultKind): ReportingDescriptor => ({
  id: kind,
  name: `kcovjs-${kind}`,
  shortDescription: { text: RULES[kind] },
  defaultConfiguration: { level: 'error' },
});

function result(finding: FindingState, cwd: string): Result {
  const { kind, title, target, count, reproduced, command, folder, file } = finding;
  const places = placesOf(finding.stack);
  const fingerprint = { [FINGERPRINT]: basename(folder) };
  return {
    ruleId: kind,
    ruleIndex: KINDS.indexOf(kind),
    level: reproduced > 0 ? 'error' : 'warning',
    message: { text: escaped(messageOf(finding)) },
    locations: [locationOf(ownPlace(places, cwd), finding, cwd)],
    fingerprints: fingerprint,
    partialFingerprints: fingerprint,
    occurrenceCount: Math.max(1, count),
    attachments: [{ description: { text: 'the input' }, artifactLocation: artifact(file, cwd) }],
    ...(places.length > 0 && {
      stacks: [stackOf(places, cwd)],
      codeFlows: [{ threadFlows: [flowOf(places, cwd)] }],
    }),
    properties: {
      title,
      target,
      reproduced,
      command,
      firstSeen: new Date(finding.firstSeen).toISOString(),
      lastSeen: new Date(finding.lastSeen).toISOString(),
    },
  };
}

const messageOf = ({ title, target, reproduced, command }: FindingState): string =>
  `${harmless(title)}. Found by fuzzing ${harmless(target)}; ${reproduced} of 10 runs of the input fail so. To run it again: ${harmless(command)}`;

/** In messages braces are placeholders, and brackets before parentheses links, unless they are escaped. */
const escaped = (text: string): string => text.replace(/[{}]/g, '$&$&').replace(/\](?=\()/g, '\\]');

/** Where a finding has no place in the code, its input stands for it: code hosts show nothing that has none. */
function locationOf(place: Place | undefined, { file }: FindingState, cwd: string): Location {
  return place === undefined
    ? { physicalLocation: { artifactLocation: artifact(file, cwd) } }
    : located(place, cwd);
}

const located = ({ name, file, line, column }: Place, cwd: string): Location => ({
  physicalLocation: {
    artifactLocation: artifact(file, cwd),
    region: { startLine: line, startColumn: column },
  },
  ...(name !== '' && { logicalLocations: [{ fullyQualifiedName: harmless(name), kind: 'function' }] }),
});

function artifact(file: string, cwd: string): ArtifactLocation {
  const { uri, isRelative } = uriOf(resolve(cwd, file), cwd);
  return isRelative ? { uri, uriBaseId: ROOT } : { uri };
}

const stackOf = (places: readonly Place[], cwd: string): Stack => ({
  frames: places.map((place) => ({ location: located(place, cwd) })),
});

/** The way that an execution took, the outermost call first. */
const flowOf = (places: readonly Place[], cwd: string): ThreadFlow => ({
  locations: places.toReversed().map((place) => ({ location: located(place, cwd) })),
});
