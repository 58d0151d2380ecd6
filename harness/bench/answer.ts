/** The other end of `runModule`: measures what the command line asks for, prints what came of it, and ends. */
export async function answer<Request>(measure: (request: Request) => unknown): Promise<never> {
  const request = JSON.parse(process.argv[2]!) as Request;
  process.stdout.write(`${JSON.stringify(await measure(request))}\n`);
  process.exit();
}
