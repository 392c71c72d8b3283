// Sliders that answer without a kernel: shows the stored drawings of page.py. No dependency.
(() => {
  const NS = 'http://www.w3.org/2000/svg';

  async function unpack(script) {
    const bytes = Uint8Array.from(atob(script.textContent), c => c.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
    script.textContent = '';  // the text is not needed twice
    return new Response(stream).json();
  }

  function make([tag, look], style) {
    const e = document.createElementNS(NS, tag);
    for (const name in look) e.setAttribute(name, look[name]);
    e.lrStyle = style;
    return e;
  }

  // One layer: elements are kept where their style is the same, else made anew.
  function draw(g, drawn, styles) {
    drawn.forEach(([style, place, width, words], k) => {
      let e = g.childNodes[k];
      if (!e || e.lrStyle !== style) {
        const fresh = make(styles[style], style);
        if (e) e.replaceWith(fresh); else g.append(fresh);
        e = fresh;
      }
      if (words === undefined) e.setAttribute('d', place);
      else {
        e.setAttribute('transform', place);
        e.setAttribute('textLength', width);
        e.textContent = words;
      }
    });
    while (g.childNodes.length > drawn.length) g.lastChild.remove();
  }

  // words, in which no line ends within 4.4e-6
  const put = (e, words) => e.replaceChildren(...words.split(/(\S+e-\d+)/).map((part, k) => {
    if (k % 2 === 0) return part;
    const whole = document.createElement('span');
    whole.style.whiteSpace = 'nowrap';
    whole.textContent = part;
    return whole;
  }));

  function start(root) {
    const inputs = [...root.querySelectorAll('.lr-controls input, .lr-controls select')];
    const said = root.querySelector('.lr-said'), spoken = root.querySelector('[role=status]');
    const sizes = inputs.map(i => i.type === 'range' ? +i.max + 1 : i.options ? i.options.length : 2);
    const at = i => i.type === 'range' ? +i.value : i.options ? i.selectedIndex : +i.checked;
    const first = inputs.map(at), shown = [];
    let data = null, wait = 0;

    function show(event) {
      if (!data) return;
      let state = 0;
      inputs.forEach((input, k) => {
        state = state * sizes[k] + at(input);
        if (input.type !== 'range') return;
        const word = JSON.parse(input.dataset.words)[at(input)];
        input.setAttribute('aria-valuetext', word);
        input.nextElementSibling.textContent = word;
      });
      for (const [k, looks, which] of data.layers)
        if (shown[k] !== which[state]) draw(root.lrGroups[k], looks[shown[k] = which[state]], data.styles);
      put(said, data.said[state]);
      clearTimeout(wait);  // spoken when the slider rests, else every step would be read out
      if (event) wait = setTimeout(() => { spoken.textContent = data.said[state]; }, 700);
      root.dispatchEvent(new CustomEvent('lr-shown', { detail: state }));
    }

    inputs.forEach(input => input.addEventListener('input', show));
    root.querySelector('button').addEventListener('click', () => {
      inputs.forEach((input, k) => {
        if (input.type === 'range') input.value = first[k];
        else if (input.options) input.selectedIndex = first[k];
        else input.checked = !!first[k];
      });
      show(true);
    });
    root.querySelector('fieldset').disabled = false;
    root.querySelector('fieldset small').remove();
    root.lrReady = unpack(root.querySelector('script')).then(read => { data = read; show(); });
  }

  // On a narrow window every Axes becomes a picture of its own, one under the other
  function tiles(root, narrow) {
    const figure = root.querySelector('.lr-figure'), whole = figure.firstElementChild;
    while (figure.children.length > 1) figure.lastChild.remove();
    figure.classList.toggle('lr-tiles', narrow);
    const made = {};
    for (const g of root.lrGroups) {
      const box = narrow && g.dataset.tile;
      if (box && !made[box]) {
        made[box] = document.createElementNS(NS, 'svg');
        made[box].setAttribute('viewBox', box);
        made[box].setAttribute('aria-hidden', 'true');
        figure.append(made[box]);
      }
      (box ? made[box] : whole).append(g);
    }
  }

  // Unpacked when it comes near the window, so that a page of many figures opens at once
  const near = new IntersectionObserver(entries => entries.forEach(entry => {
    if (!entry.isIntersecting) return;
    near.unobserve(entry.target);
    start(entry.target);
  }), { rootMargin: '100%' });

  function find() {
    const narrow = matchMedia('(max-width: 600px)');
    for (const root of document.querySelectorAll('.lr-live:not([data-found])')) {
      root.dataset.found = '';
      root.lrGroups = [...root.querySelectorAll('svg > g')];  // the layers, in their order
      narrow.addEventListener('change', () => tiles(root, narrow.matches));
      if (narrow.matches) tiles(root, true);
      near.observe(root);
    }
  }
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', find);
  else find();
})();
