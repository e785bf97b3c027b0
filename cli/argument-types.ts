// What a word of the command line must look like.
import { InvalidArgumentError } from "commander";

/** An http or https URL. */
export function httpUrl(text: string) {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol))
    throw new InvalidArgumentError("It must be an http or https URL.");
  return text;
}

/** Why something is done, as the ledger takes it. */
export const reason = (text: string) => words(text, 1_000);

/** The same for a release, which bears it for ever. */
export const hotfixReason = (text: string) => words(text, 300);

function words(text: string, most: number) {
  if (text.trim() === "") throw new InvalidArgumentError("It must say why, in words.");
  if (text.length > most) throw new InvalidArgumentError(`It must have ${most} characters at most.`);
  return text;
}

/** A name that Kubernetes takes for an object. */
export function objectName(text: string) {
  if (!/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/.test(text))
    throw new InvalidArgumentError("It must be a name of Kubernetes: small letters, digits, dashes, dots.");
  return text;
}

/** A moment, as ISO 8601 writes it. */
export function time(text: string) {
  const at = new Date(text);
  if (Number.isNaN(at.getTime())) throw new InvalidArgumentError("Write it like 2026-03-01T03:00:00Z.");
  return at;
}

/** A whole number from 1 on. */
export function atLeastOne(text: string) {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError("It must be 1, 2, …");
  return number;
}

/** Seconds of an hour at most. */
export const seconds = (text: string) => upTo(3_600, text);

/** Minutes of a day at most. */
export const minutes = (text: string) => upTo(1_440, text);

function upTo(most: number, text: string) {
  const number = Number(text);
  if (text === "" || !(number >= 0 && number <= most))
    throw new InvalidArgumentError(`It must be 0 to ${most}.`);
  return number;
}

/** What is given again and again: all of them, in order. */
export function collect(value: string, all: string[] = []) {
  return [...all, value];
}
