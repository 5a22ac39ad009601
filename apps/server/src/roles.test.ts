import { expect, test } from "bun:test";
import { silentLog } from "./log.ts";
import { Roles } from "./roles.ts";

test("roles stop in reverse, once, however often it is asked for", async () => {
  const said: string[] = [];
  const roles = new Roles(silentLog());
  for (const name of ["database", "app", "worker"]) await roles.start(name, role(name, said));
  await Promise.all([roles.stop(), roles.stop()]);
  expect(said).toEqual(["+database", "+app", "+worker", "-worker", "-app", "-database"]);
});

test("a stop in the middle of a start waits for it, stops it too, and starts nothing more", async () => {
  const said: string[] = [];
  const roles = new Roles(silentLog());
  await roles.start("database", role("database", said));
  const gate = Promise.withResolvers<void>();
  const starting = roles.start("app", async () => {
    await gate.promise;
    return await role("app", said)();
  });
  const stopped = roles.stop();
  gate.resolve();
  await expect(starting).rejects.toThrow("stopping");
  await stopped;
  await expect(roles.start("worker", role("worker", said))).rejects.toThrow("stopping");
  expect(said).toEqual(["+database", "+app", "-app", "-database"]);
});

test("a role that fails to stop does not keep the others from stopping", async () => {
  const said: string[] = [];
  const roles = new Roles(silentLog());
  await roles.start("database", role("database", said));
  await roles.start("app", async () => ({ value: undefined, stop: () => Promise.reject(new Error("stuck")) }));
  await roles.stop();
  expect(said).toEqual(["+database", "-database"]);
  process.exitCode = 0;
});

function role(name: string, said: string[]) {
  return async () => {
    said.push(`+${name}`);
    return {
      value: name,
      stop: async () => {
        said.push(`-${name}`);
      },
    };
  };
}
