// @ts-check
/** The panel's styles; embed.js has the colours and the buttons. */

export const STYLES = `
[hidden] { display: none !important; }
.in { position: absolute; width: 1px; height: 1px; opacity: 0; }
.float:focus-visible { outline-color: var(--ink); }
dialog { width: min(60rem, 94vw); max-height: 90dvh; margin: auto; padding: 0; border: 0; border-radius: 20px;
  overflow: auto; background: var(--paper); color: var(--ink); font-size: 15px; line-height: 1.45;
  box-shadow: 0 16px 48px #0004; }
dialog:not(:has(ul)) { width: min(34rem, 94vw); }
dialog::backdrop { background: var(--veil); }
header { position: sticky; top: 0; z-index: 1; display: flex; align-items: center;
  justify-content: space-between; padding: 12px 12px 12px 24px; background: var(--paper); }
h2 { font-size: 19px; font-weight: 600; letter-spacing: -0.01em; }
.x { display: grid; place-items: center; width: 44px; height: 44px; border: 0; border-radius: 50%;
  background: none; color: var(--soft); cursor: pointer; }
.x:hover { background: var(--plate); color: var(--ink); }
.body { display: grid; gap: 16px; padding: 0 24px 24px; }
.drop { display: grid; justify-items: center; gap: 16px; padding: 40px 16px; text-align: center;
  border: 1.5px dashed var(--soft); border-radius: 16px; color: var(--soft); }
.over .drop { border-color: var(--a); background: var(--plate); }
.row { display: flex; flex-wrap: wrap; gap: 12px; align-items: center; justify-content: center; }
.query { display: flex; align-items: center; gap: 16px; }
.query canvas { width: 72px; height: 72px; }
.query p { flex: 1; font-weight: 600; }
ul { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(9.5rem, 42%), 1fr));
  gap: 20px 16px; padding: 0; list-style: none; }
li a { display: grid; gap: 4px; border-radius: 12px; color: inherit; text-decoration: none; }
li a[href]:hover .t { text-decoration: underline; text-underline-offset: 3px; }
canvas, .wait { width: 100%; aspect-ratio: 1; border-radius: 12px; background: var(--plate); object-fit: contain; }
.t { margin-top: 4px; overflow-wrap: anywhere; }
.p { font-weight: 600; }
.s { color: var(--soft); font-size: 13px; }
.wait { animation: wait 1.2s ease-in-out infinite alternate; }
@keyframes wait { to { opacity: 0.45; } }
@media (max-width: 600px) {
  dialog, dialog:not(:has(ul)) { width: 100%; max-width: 100%; margin: auto 0 0; border-radius: 20px 20px 0 0; }
  .body { padding-inline: 16px; }
  header { padding-left: 16px; }
}
@media (prefers-reduced-motion: reduce) { .wait { animation: none; } }
@media (any-pointer: fine) and (hover: hover) { .phone { display: none; } }`;
