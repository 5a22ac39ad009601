export function ProblemNote({ text }: { text: string }) {
  if (text === "") return null;
  return (
    <p role="alert" className="rounded-card bg-sunk px-4 py-3 text-14 font-medium text-bad">
      {text}
    </p>
  );
}
