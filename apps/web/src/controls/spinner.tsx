import LoaderCircle from "lucide-react/icons/loader-circle";

export function Spinner({ size = 18 }: { size?: number }) {
  return <LoaderCircle size={size} strokeWidth={1.75} className="animate-spin" aria-hidden />;
}
