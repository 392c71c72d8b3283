// Starts a deck, and makes the letters of a slide smaller until all of it is seen, its pictures
// larger while all of it is.
(() => {
  const LEAST = 0.6;  // of the letters' size; tests/site fails below it
  const STEP = 20;  // pixels by which a picture grows

  function fit(section) {
    const box = section?.querySelector(':scope > .lr-fit');
    if (!box) return 1;
    let size = 1;
    const high = () => box.scrollHeight > box.clientHeight + 1 || box.scrollWidth > box.clientWidth + 1;
    box.style.fontSize = '';
    while (high() && size > LEAST) {
      size = Math.max(LEAST, size - 0.04);
      box.style.fontSize = `${size}em`;
    }
    grow(box, high);
    section.dataset.size = size.toFixed(2);
    section.dataset.fits = high() ? 'no' : 'yes';
    return size;
  }

  // Pictures take the room that is left, as far as they have pixels for it.
  function grow(box, high) {
    for (const image of box.querySelectorAll('img.lr-picture')) {
      image.style.maxHeight = '';
      const most = Math.min(image.naturalHeight, 600);
      for (let tall = image.clientHeight + STEP; tall < most + STEP; tall += STEP) {
        const before = image.style.maxHeight;
        image.style.maxHeight = `${Math.min(tall, most)}px`;
        if (high()) {
          image.style.maxHeight = before;
          break;
        }
      }
    }
  }

  Reveal.initialize({
    width: 1280, height: 720, margin: 0, minScale: 0.1, maxScale: 4, center: false, hash: true, slideNumber: 'c/t',
    transition: 'none', backgroundTransition: 'none', controls: true, controlsTutorial: false, progress: true, pdfSeparateFragments: false,
    plugins: [RevealNotes],
  }).then(async () => {
    await window.MathJax?.startup?.promise;
    const again = () => fit(Reveal.getCurrentSlide());
    Reveal.on('slidechanged', again);
    document.addEventListener('toggle', again, true);
    document.addEventListener('lr-shown', again, true);
    window.addEventListener('resize', again);
    window.addEventListener('load', again);
    await document.fonts?.ready;
    again();
    window.lrFit = fit;
    document.documentElement.dataset.deck = 'ready';
  });

  // a list or a switch keeps its keys, as Reveal lets sliders and fields keep theirs
  document.addEventListener('keydown', event => {
    if (event.target.closest('.lr-live select, .lr-live input, .lr-ask')) event.stopPropagation();
  }, true);
})();
