using System.Collections.Immutable;

namespace Attune.Kernels.Loops;

/// <summary>
/// An affine integer expression: constant + sum of coefficient * variable, kept in normal form (each variable once, no zero coefficient),
/// so that folding is automatic and two equal expressions compare equal. Everything that is not affine (division, minimum) is a <see cref="Let"/>.
/// </summary>
internal sealed class Index
{
    private Index(long constant, ImmutableArray<(LoopVariable Variable, long Factor)> terms)
    {
        Constant = constant;
        Terms = terms;
    }

    public static Index Zero { get; } = new(0, []);

    public long Constant { get; }

    public ImmutableArray<(LoopVariable Variable, long Factor)> Terms { get; }

    public bool IsConstant => Terms.IsEmpty;

    public static implicit operator Index(long constant) => new(constant, []);

    public static implicit operator Index(LoopVariable variable) => new(0, [(variable, 1)]);

    public static Index operator +(Index a, Index b)
    {
        if (b.IsConstant)
        {
            return new Index(a.Constant + b.Constant, a.Terms);
        }

        var terms = a.Terms.ToBuilder();
        foreach ((LoopVariable variable, long factor) in b.Terms)
        {
            int at = IndexOf(terms, variable);
            if (at < 0)
            {
                terms.Add((variable, factor));
            }
            else if (terms[at].Factor + factor == 0)
            {
                terms.RemoveAt(at);
            }
            else
            {
                terms[at] = (variable, terms[at].Factor + factor);
            }
        }

        return new Index(a.Constant + b.Constant, terms.ToImmutable());
    }

    public static Index operator *(Index a, long factor) =>
        factor == 0 ? Zero : new Index(a.Constant * factor, [.. a.Terms.Select(t => (t.Variable, t.Factor * factor))]);

    public static Index operator -(Index a, Index b) => a + (b * -1);

    /// <summary>Replaces a variable by an expression.</summary>
    public Index Substitute(LoopVariable variable, Index value)
    {
        foreach ((LoopVariable v, long factor) in Terms)
        {
            if (v == variable)
            {
                return new Index(Constant, Terms.Remove((v, factor))) + (value * factor);
            }
        }

        return this;
    }

    public long Evaluate(IReadOnlyDictionary<LoopVariable, long> values)
    {
        long sum = Constant;
        foreach ((LoopVariable variable, long factor) in Terms)
        {
            sum += factor * values[variable];
        }

        return sum;
    }

    public override string ToString()
    {
        IEnumerable<string> parts = Terms.Select(t => t.Factor == 1 ? t.Variable.Name : $"{t.Variable.Name}*{t.Factor}");
        return string.Join(" + ", Constant != 0 || IsConstant ? parts.Append(Constant.ToString()) : parts);
    }

    private static int IndexOf(ImmutableArray<(LoopVariable Variable, long Factor)>.Builder terms, LoopVariable variable)
    {
        for (int i = 0; i < terms.Count; i++)
        {
            if (terms[i].Variable == variable)
            {
                return i;
            }
        }

        return -1;
    }
}
