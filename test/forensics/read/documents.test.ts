import { rowsIn, xmlIn } from '../../../src/forensics/read/documents.ts';

describe('a table in a text', () => {
  it.each([
    ['semicolons', 'id;kilos;fragile\nA1;2.5;true\nB2;;false\n'],
    ['tabs', 'id\tkilos\tfragile\nA1\t2.5\ttrue\nB2\t\tfalse'],
    ['commas and quotes', 'id,kilos,fragile\r\n"A1",2.5,true\r\nB2,,"false"'],
  ])('is read with %s', (_, text) => {
    expect(rowsIn(text)).toEqual([
      { id: 'A1', kilos: 2.5, fragile: true },
      { id: 'B2', kilos: null, fragile: false },
    ]);
  });
  it('keeps ids, and what stands in quotes, as they are', () => {
    expect(rowsIn('no;remark\n00412;"a ""b""; c"\n12345678901234;x')).toEqual([
      { no: '00412', remark: 'a "b"; c' },
      { no: '12345678901234', remark: 'x' },
    ]);
  });
  it.each([
    ['prose', 'Dear Sir, all is well.\nThe parcels, as ordered, are here.'],
    ['a header alone', 'id;kilos\n'],
    ['rows of other lengths', 'id;kilos\nA1;2\nB2;3;4'],
    ['one column', 'id\nA1'],
    ['a name twice', 'id;id\nA1;2'],
    ['numbers in the first line', '1;2\n3;4'],
    ['a quote that does not close', 'id;remark\nA1;"x'],
  ])('is not seen in %s', (_, text) => {
    expect(rowsIn(text)).toBeUndefined();
  });
});

describe('XML in a text', () => {
  it('is read with attributes, entities, repetitions and empty elements', () => {
    expect(
      xmlIn(
        '<?xml version="1.0"?><Box no="7"><!-- x --><Item>a &amp; b</Item><Item/><In><Kg>2.50</Kg></In></Box>',
      ),
    ).toEqual({ Box: [{ '@no': 7, Item: ['a & b', null], In: [{ Kg: [2.5] }] }] });
  });
  it('keeps what is remarked in words', () => {
    const read = xmlIn('<Box><!-- to be left in the rain --><Kg>2</Kg></Box>');
    expect(read).toEqual({ Box: [{ Kg: [2] }], '#comment': ['to be left in the rain'] });
  });
  it.each([
    ['an element that does not close', '<a><b></a>'],
    ['two roots', '<a>1</a><b>2</b>'],
    ['text around it', 'x <a>1</a>'],
    ['a DTD', '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'],
    ['an angle in prose', '<3 you all>'],
    ['HTML as it is written', '<p>one<br>two</p>'],
  ])('is not seen in %s', (_, text) => {
    expect(xmlIn(text)).toBeUndefined();
  });
  it('takes no inherited name, and gives up on what is too deep or too long', () => {
    const read = xmlIn('<a><__proto__>1</__proto__><constructor>2</constructor></a>') as { a: object[] };
    expect(Object.keys(read.a[0] ?? {})).toEqual(['constructor']);
    expect(xmlIn('<a>'.repeat(5000) + '</a>'.repeat(5000))).toBeUndefined();
    expect(xmlIn(`<a>${'<b '.repeat(60_000)}</a>`)).toBeUndefined();
  });
});
