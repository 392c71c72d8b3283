// A prediction on a page: a field, the answer when it is filled, a score at the end. No dependency.
(() => {
  const KEEP = `lr:${location.pathname.split('/').pop()}:`;
  const LECTURE = Boolean(document.querySelector('.reveal'));  // a deck asks every audience anew
  const store = {
    get: key => { if (LECTURE) return null; try { return localStorage.getItem(KEEP + key); } catch { return null; } },
    set: (key, value) => { if (LECTURE) return; try { value === null ? localStorage.removeItem(KEEP + key) : localStorage.setItem(KEEP + key, value); } catch { /* a browser that keeps nothing */ } },
  };
  const make = (tag, look = {}, ...inside) => {
    const e = document.createElement(tag);
    for (const name in look) e.setAttribute(name, look[name]);
    e.append(...inside);
    return e;
  };

  // A number as people write it: 1e-3, 1.5 * 10^-3, 1,000, 3/4, 12 %
  function number(text) {
    let t = text.trim().replace(/[−–]/g, '-').replace(/\s+/g, '').replace(/(\d),(?=\d{3}(\D|$))/g, '$1');
    t = t.replace(/^([-+]?\d+),(\d+)$/, '$1.$2').replace(/[·×*x]10(\^|\*\*)/i, 'e').replace(/^([-+]?)10(\^|\*\*)/, '$11e');
    const parts = t.match(/^([^/]+)\/([^/]+)$/), percent = /%$/.test(t);
    if (parts) return number(parts[1]) / number(parts[2]);
    const value = /^[-+]?(inf|infinity|∞)$/i.test(t) ? Infinity * (t[0] === '-' ? -1 : 1)
      : /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?%?$/i.test(t) ? parseFloat(t) : NaN;
    return percent ? value / 100 : value;
  }

  // How far the guess is from what was observed; the same words as lrlib.practice.predict
  function verdict(guess, observed) {
    if (guess === observed) return ['exactly what was observed', 2];
    if (observed === 0) return ['where 0 was observed', 0];
    if (guess === 0) return ['where something other than 0 was observed', 0];
    if (!isFinite(guess)) return ['infinite, where a finite number was observed', 0];
    if (!isFinite(observed)) return ['finite, where no finite number was observed', 0];
    const ratio = guess / observed, off = Math.abs(ratio - 1), factor = Math.max(ratio, 1 / ratio);
    const words = ratio < 0 ? 'wrong sign' : off <= 0.01 ? 'within 1 %' : off <= 0.1 ? 'within 10 %'
      : factor <= 2 ? 'within a factor of 2' : factor <= 10 ? 'within a factor of 10' : 'off by more than a factor of 10';
    return [`${+ratio.toPrecision(3)} times the observed: ${words}`, ratio > 0 && off <= 0.1 ? 2 : ratio > 0 && factor <= 2 ? 1 : 0];
  }

  function start(root, key, changed) {
    const { observed, right, unit } = root.dataset, fold = root.querySelector('details');
    const what = root.querySelector('.lr-what').textContent;
    const options = [...root.querySelectorAll('.lr-options strong')].map(e => e.textContent);
    const line = root.querySelector('.lr-guess'), form = make('form', { class: 'lr-ask' });
    const said = make('p', { class: 'lr-verdict', role: 'status' });
    let field = null;
    if (right !== undefined) {
      const list = root.querySelector('.lr-options');
      const texts = list.innerHTML.split(/<br\s*\/?>/).map(row => { const e = make('span'); e.innerHTML = row; return e.textContent.trim().slice(1).trim(); });
      const set = make('fieldset', {}, make('legend', { class: 'lr-spoken' }, what));
      options.forEach((letter, k) => {
        const input = make('input', { type: 'radio', name: key, value: letter });
        set.append(make('label', {}, input, ' ', make('strong', {}, letter), ` ${texts[k]}`));
      });
      list.replaceWith(set);
      form.append(set);
      field = { get: () => form.querySelector('input:checked')?.value ?? '', set: v => { for (const i of form.querySelectorAll('input')) i.checked = i.value === v; } };
    } else {
      const input = make('input', { type: 'text', inputmode: 'text', autocomplete: 'off', size: '9', spellcheck: 'false' });
      form.append(make('label', {}, 'Your guess ', input, unit ? ` ${unit}` : ''));
      field = { get: () => input.value, set: v => { input.value = v; } };
    }
    const button = make('button', { type: 'submit' }, 'Compare');
    const again = make('button', { type: 'button', class: 'lr-again' }, 'Ask me again');
    form.append(button, again);
    line.replaceWith(form, said);
    const state = { what, made: false, points: 0, said: '' };

    function show(text) {
      const guess = right === undefined ? number(text) : text;
      if (right === undefined && Number.isNaN(guess)) {
        said.textContent = text.trim() ? 'This is not a number. Write one such as 0.25 or 3e-4.' : 'Write a number first.';
        return;
      }
      if (right !== undefined && !guess) { said.textContent = 'Choose one first.'; return; }
      const [words, points] = right === undefined ? verdict(guess, parseFloat(observed)) : guess === right ? ['right', 2] : ['not so', 0];
      said.textContent = `${right === undefined ? +guess.toPrecision(4) : guess}: ${words}.`;
      Object.assign(state, { made: true, points, said: said.textContent });
      store.set(key, text);
      root.classList.add('lr-made');
      fold.hidden = false;
      fold.open = true;
      changed();
    }
    form.addEventListener('submit', event => { event.preventDefault(); show(field.get()); });
    again.addEventListener('click', () => {
      Object.assign(state, { made: false, points: 0, said: '' });
      store.set(key, null);
      field.set('');
      said.textContent = '';
      fold.open = false;
      fold.hidden = true;
      root.classList.remove('lr-made');
      changed();
      form.querySelector('input').focus();
    });
    fold.hidden = true;  // without a guess there is no answer; without this script the fold is shown
    const before = store.get(key);
    if (before !== null) { field.set(before); show(before); }
    return state;
  }

  function score(states, place) {
    const box = make('section', { class: 'lr-score', 'aria-label': 'Your predictions' });
    const said = make('p', { role: 'status' }), copy = make('button', { type: 'button' }, 'Copy my predictions');
    const kept = make('small', {}, ' Kept in this browser only.');
    box.append(make('strong', {}, 'Your predictions in this lesson'), said, copy, kept);
    place.append(box);
    const lines = () => states.map(s => `${s.what}: ${s.made ? s.said : 'no guess yet'}`);
    copy.addEventListener('click', async () => {
      const text = [document.title, said.textContent, ...lines()].join('\n');
      try { await navigator.clipboard.writeText(text); } catch {
        const area = make('textarea', {}, text);
        box.append(area); area.select(); document.execCommand('copy'); area.remove();
      }
      copy.textContent = 'Copied';
      setTimeout(() => { copy.textContent = 'Copy my predictions'; }, 1500);
    });
    return () => {
      const made = states.filter(s => s.made), close = made.filter(s => s.points === 2), near = made.filter(s => s.points >= 1);
      said.textContent = `${made.length} of ${states.length} made, ${near.length} right or within a factor of 2, ${close.length} right or within 10 %.`;
    };
  }

  function find() {
    const roots = [...document.querySelectorAll('.lr-prediction')];
    if (!roots.length) return;
    let update = () => {};
    const states = roots.map((root, k) => start(root, `${k} ${root.querySelector('.lr-what').textContent}`, () => update()));
    const place = document.querySelector('article.bd-article');
    if (!place) return;
    update = score(states, place.querySelector('section') ?? place);
    update();
  }
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', find);
  else find();
})();
