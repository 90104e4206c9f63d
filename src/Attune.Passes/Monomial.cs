using System.Globalization;

namespace Attune.Passes;

/// <summary>
/// A number times a product of atoms: the normal form in which different spellings of one activation become equal. An atom is the variable,
/// a function of a monomial, or a sum with its leading coefficient pulled out. Equality is that of <see cref="Key"/>, with numbers to four
/// digits, which absorbs their rounding to 32 bits.
/// </summary>
internal sealed record Monomial(double Factor, IReadOnlyList<Monomial.Atom> Atoms)
{
    /// <summary>A factor that is no number; <paramref name="Terms"/> when it is a sum.</summary>
    internal sealed record Atom(string Key, IReadOnlyList<Monomial>? Terms);

    /// <summary>The variable.</summary>
    public static readonly Monomial Variable = new(1, [new Atom("x", null)]);

    /// <summary>Text that equal monomials share.</summary>
    public string Key => Invariant($"{Factor:G4}") + Product;

    private string Product => string.Concat(Atoms.Select(atom => "*" + atom.Key));

    public static Monomial Number(double value) => new(value, []);

    /// <summary>A function whose name includes its parameters.</summary>
    public static Monomial Call(string function, Monomial argument) => new(1, [new Atom($"{function}[{argument.Key}]", null)]);

    public static Monomial operator *(Monomial left, Monomial right) =>
        new(left.Factor * right.Factor, [.. left.Atoms.Concat(right.Atoms).OrderBy(atom => atom.Key, StringComparer.Ordinal)]);

    public static Monomial operator +(Monomial left, Monomial right)
    {
        var terms = new SortedDictionary<string, Monomial>(StringComparer.Ordinal);
        foreach (Monomial term in left.Terms().Concat(right.Terms()))
        {
            terms[term.Product] = terms.TryGetValue(term.Product, out Monomial? same) ? same with { Factor = same.Factor + term.Factor } : term;
        }

        Monomial[] sum = [.. terms.Values.Where(term => term.Factor != 0)];
        if (sum.Length <= 1)
        {
            return sum.Length == 0 ? Number(0) : sum[0];
        }

        // The first term (the constant, if there is one, since its product is empty) gets the coefficient one.
        double lead = sum[0].Factor;
        Monomial[] scaled = [.. sum.Select(term => term with { Factor = term.Factor / lead })];
        return new Monomial(lead, [new Atom("(" + string.Join("+", scaled.Select(term => term.Key)) + ")", scaled)]);
    }

    /// <summary>max(low, min(high, argument)), brought to an upper bound of one when that is possible.</summary>
    public static Monomial Clip(Monomial argument, double low, double high)
    {
        bool scale = high > 0 && high < float.MaxValue;
        double unit = scale ? high : 1;
        return Number(unit) * Call(Invariant($"clip{low / unit:G4},{high / unit:G4}"), argument * Number(1 / unit));
    }

    private IEnumerable<Monomial> Terms() =>
        Atoms is [{ Terms: { } terms }] ? terms.Select(term => term with { Factor = term.Factor * Factor }) : [this];

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
