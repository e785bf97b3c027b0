import { setTimeout as wait } from "node:timers/promises";
import { type Problem, ProblemsError } from "../../problems/problem.ts";
import { digestOf } from "../gate/record.ts";
import { whyNotEntitled } from "../signing/people.ts";
import { signedApart } from "../signing/signature.ts";
import type { Person, Signer } from "../signing/signer.ts";
import { type ChainContext, cutOff, follow, judgeHead, type Link, RECORD_TYPE, WRITER } from "./chain.ts";
import { CLOCK_SKEW_SECONDS } from "./clock-skew.ts";
import type { Entry } from "./entry.ts";
import { ledgerError } from "./fault.ts";
import { headText } from "./head.ts";
import type { Head, Ledger, LedgerStore, ReadLedger, StoredTexts } from "./ledger.ts";
import { BEGIN, type LedgerRecord, ledgerRecord, storedText } from "./record.ts";
import type { SeenHeads } from "./seen-heads.ts";

/** How long somebody tries to add while others do. */
const CONTENDED_MS = 300_000;

/** Whose ledger it is, who writes it, and what was seen of it before. */
export interface ChainedOptions {
  platform: string;
  signer: Signer | undefined;
  people: readonly Person[];
  now: () => Date;
  seen: SeenHeads;
}

interface Checked {
  read: ReadLedger;
  chain: readonly Link[];
  /** The head is of the record before the last. */
  isBehind: boolean;
}

/** A ledger over any store: each record chained to the one before and signed, the end signed too, nothing read that was not checked. */
export class ChainedLedger implements Ledger {
  readonly #store: LedgerStore;
  readonly #options: ChainedOptions;
  readonly #context: ChainContext;
  /** What was checked already; texts that are the same as then are not checked again. */
  #chain: Link[] = [];

  constructor(store: LedgerStore, options: ChainedOptions) {
    this.#store = store;
    this.#options = options;
    const { platform, people } = options;
    this.#context = { platform, people, where: (number) => store.where(number) };
  }

  get place(): string {
    return this.#store.place;
  }

  async read(): Promise<ReadLedger> {
    return (await this.#checked()).read;
  }

  async add(
    decide: (read: ReadLedger) => Entry | undefined | Promise<Entry | undefined>,
  ): Promise<ReadLedger> {
    const signer = this.#writer();
    const begun = Date.now();
    for (let tries = 1; ; tries++) {
      const checked = await this.#checked();
      const entry = await decide(checked.read);
      if (entry === undefined) return checked.read;
      const added = await this.#append(entry, { ...checked, signer });
      if (added) return added;
      if (Date.now() - begun > CONTENDED_MS) throw this.#contended(tries);
      // Whoever lost does not come again together with the others who did.
      await wait(Math.random() * Math.min(20 * tries, 500));
    }
  }

  async close(): Promise<void> {
    await this.#store.close();
  }

  async #checked(): Promise<Checked> {
    // What was seen before, and not after: meanwhile somebody may have seen more.
    const seen = await this.#options.seen.of(this.#name);
    const stored = await this.#store.read();
    const chain = await this.#followed(stored);
    const { fault, isBehind } = await judgeHead(stored.head, chain, this.#context);
    if (fault) throw ledgerError(fault);
    if (seen) this.#compareWith(seen, chain);
    const head = headOf(chain);
    if (head.number > 0) await this.#options.seen.remember(this.#name, head);
    const notes = [...(stored.notes ?? []), ...(isBehind ? [this.#behind(head.number)] : [])];
    return { read: { records: chain.map(({ record }) => record), head, notes }, chain, isBehind };
  }

  /** The chain of what is stored. A list of its own: others may read meanwhile. */
  async #followed({ records }: StoredTexts): Promise<Link[]> {
    const known = this.#chain;
    const other = known.findIndex(({ text }, i) => text !== records[i]);
    const chain = known.slice(0, other < 0 ? known.length : other);
    const fault = await follow(chain, records.slice(chain.length), this.#context);
    if (fault) throw ledgerError(fault);
    this.#chain = chain;
    return chain;
  }

  #compareWith(seen: Head, chain: readonly Link[]): void {
    if (chain.length < seen.number) throw ledgerError(cutOff(chain.length, seen.number, this.#context));
    if (chain[seen.number - 1]?.digest === seen.digest) return;
    throw ledgerError({
      why: "out-of-place",
      number: seen.number,
      message: `record ${seen.number} (${this.#store.where(seen.number)}) is another than was seen from here before: the ledger was written anew`,
      fix: "bring the ledger back from a copy that holds it, and find out who could write there",
    });
  }

  async #append(
    entry: Entry,
    { read, chain, isBehind, signer }: Checked & { signer: Signer },
  ): Promise<ReadLedger | undefined> {
    const last = chain.at(-1);
    const at = this.#time(last);
    const ledger = this.#options.platform;
    if (isBehind && last) {
      const mended = { ledger, number: read.head.number, digest: last.digest, at: last.record.at };
      await this.#store.mendHead?.(mended.number, await headText(mended, signer));
    }
    const number = read.head.number + 1;
    const record = ledgerRecord.parse({
      ...{ version: 1, ledger, number, previous: last?.digest ?? BEGIN, at, by: signer.kid },
      entry,
    }) satisfies LedgerRecord;
    const text = storedText({ record, signature: await signedApart(record, signer, RECORD_TYPE) });
    const head = { number, digest: digestOf(text) };
    const isIn = await this.#store.append({
      number,
      record: text,
      head: await headText({ ledger, ...head, at }, signer),
    });
    if (!isIn) return undefined;
    const latest = Math.max(last?.latest ?? 0, Date.parse(at));
    this.#chain = [...chain, { record, text, digest: head.digest, latest }];
    await this.#options.seen.remember(this.#name, head);
    return { records: [...read.records, record], head, notes: read.notes ?? [] };
  }

  /** Now, unless that is too early for what is there already. */
  #time(last: Link | undefined): string {
    const now = this.#options.now();
    if (!last || now.getTime() >= last.latest - CLOCK_SKEW_SECONDS * 1000) return now.toISOString();
    const latest = new Date(last.latest).toISOString();
    throw ledgerError({
      why: "clock",
      message: `it is ${now.toISOString()} here, and the ledger's newest record is of ${latest}: one of the two clocks is wrong`,
      fix: `set this machine's clock; if it is right, the record's writer (${last.record.by}) had a wrong one, and nothing can be added before ${latest}`,
    });
  }

  #writer(): Signer {
    const { signer, people, now } = this.#options;
    if (!signer) {
      const message = `nothing can be added to the ledger in ${this.place} without a key to sign with`;
      const fix = "`fairlead key` makes one; FAIRLEAD_KEY or FAIRLEAD_SIGNER name one";
      throw new ProblemsError([{ rule: "signing/no-key", severity: "error", message, fix }]);
    }
    const person = people.find(({ kid }) => kid === signer.kid);
    const barred = person
      ? whyNotEntitled(person, { role: WRITER, at: now().toISOString() })
      : `${signer.kid} is no key of approvers.json`;
    if (barred === undefined) return signer;
    const fix = `whoever looks after approvers.json gives the key the role ${WRITER}`;
    throw ledgerError({ why: "not-entitled", message: `you may not write the ledger: ${barred}`, fix });
  }

  #contended(tries: number): Error {
    const message = `nothing could be added to the ledger in ${this.place}: others were faster ${tries} times`;
    return ledgerError({ why: "contended", message, fix: "try again when fewer promote" });
  }

  #behind(number: number): Problem {
    const message = `record ${number} (${this.#store.where(number)}) has no head yet: its writer ended in between`;
    const fix = "nothing is lost: whoever adds the next record writes it";
    return { rule: "ledger/head-behind", severity: "info", message, fix };
  }

  /** By what a ledger is remembered. */
  get #name(): string {
    return `${this.#options.platform} ${this.place}`;
  }
}

function headOf(chain: readonly Link[]): Head {
  return { number: chain.length, digest: chain.at(-1)?.digest ?? BEGIN };
}
