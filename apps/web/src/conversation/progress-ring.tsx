const radius = 23;
const around = 2 * Math.PI * radius;

export function ProgressRing({ label, part }: { label: string; part: number }) {
  return (
    <svg
      viewBox="0 0 52 52"
      className="size-13 -rotate-90"
      role="progressbar"
      aria-label={label}
      aria-valuenow={Math.round(part * 100)}
      aria-valuemin={0}
      aria-valuemax={100}
    >
      <circle cx="26" cy="26" r={radius} fill="none" stroke="rgb(255 255 255 / 25%)" strokeWidth="3" />
      <circle
        cx="26"
        cy="26"
        r={radius}
        fill="none"
        stroke="#fff"
        strokeWidth="3"
        strokeLinecap="round"
        strokeDasharray={around}
        strokeDashoffset={around * (1 - Math.max(0.03, part))}
        className="transition-[stroke-dashoffset] duration-200"
      />
    </svg>
  );
}
