/// The browser's own dialog: it keeps the focus, closes with Escape, and needs no library.
import { useEffect, useId, useRef, type ReactNode } from "react";
import { useWords } from "../words";

export function Dialog({ open, title, close, children, wide }: { open: boolean; title: string; close: () => void; children: ReactNode; wide?: boolean }) {
  const { t } = useWords();
  const box = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    if (open && !element.open) element.showModal();
    if (!open && element.open) element.close();
  }, [open]);
  return (
    <dialog ref={box} className={wide ? "dialog dialog-wide" : "dialog"} aria-labelledby={id} onClose={close} onClick={(event) => {
      if (event.target === box.current) close();
    }}>
      {open && (
        <div className="dialog-body">
          <div className="dialog-head"><h2 id={id}>{title}</h2><button type="button" className="icon-button" aria-label={t("close")} onClick={close}>×</button></div>
          {children}
        </div>
      )}
    </dialog>
  );
}
