using System.Collections.Immutable;
using Attune.Kernels.Loops;

namespace Attune.Kernels.Templates;

/// <summary>
/// The one-dimensional transforms of Winograd's minimal filtering F(2,3), F(4,3) and F(2,5) with the usual points 0, 1, -1, (2, -2), infinity
/// (Lavin and Gray 2016), written with shared subexpressions.
/// </summary>
internal static class WinogradTransform
{
    /// <summary>
    /// Rows of the weight transform G: row of point p is f [1, p, p^2, ...], the last one selects the highest power (the point at infinity).
    /// The factors f undo the scaling of the input transform's rows.
    /// </summary>
    /// <param name="outputs">Outputs per tile and dimension.</param>
    /// <param name="kernel">Kernel extent per dimension.</param>
    public static double[][] Weights(int outputs, int kernel)
    {
        (double Point, double Factor)[] points = outputs + kernel - 1 == 4
            ? [(0, 1), (1, 0.5), (-1, 0.5)]
            : [(0, 0.25), (1, -1.0 / 6), (-1, -1.0 / 6), (2, 1.0 / 24), (-2, 1.0 / 24)];
        return
        [
            .. points.Select(p => Enumerable.Range(0, kernel).Select(power => p.Factor * Math.Pow(p.Point, power)).ToArray()),
            [.. Enumerable.Range(0, kernel).Select(power => power == kernel - 1 ? 1.0 : 0.0)],
        ];
    }

    /// <summary>Input transform: 4 or 6 values in, as many out. Reads d, uses t (4 registers) as scratch, and gives the results in order.</summary>
    public static ImmutableArray<Value> Input(int inputs, RegisterTile d, RegisterTile t, ImmutableArray<Statement>.Builder body)
    {
        Value D(int i) => new Read(d, [i]);
        if (inputs == 4)
        {
            return [Minus(D(0), D(2)), Plus(D(1), D(2)), Minus(D(2), D(1)), Minus(D(1), D(3))];
        }

        Value a = Keep(body, t, 0, Fma(D(2), -4, D(4)));
        Value b = Keep(body, t, 1, Fma(D(1), -4, D(3)));
        Value c = Keep(body, t, 2, Minus(D(4), D(2)));
        Value e = Keep(body, t, 3, Minus(D(3), D(1)));
        return
        [
            Fma(D(0), 4, Fma(D(2), -5, D(4))),
            Plus(a, b),
            Minus(a, b),
            Fma(e, 2, c),
            Fma(e, -2, c),
            Fma(D(1), 4, Fma(D(3), -5, D(5))),
        ];
    }

    /// <summary>Output transform: 4 values in and 2 out, or 6 in and 2 or 4 out.</summary>
    public static ImmutableArray<Value> Output(int outputs, int inputs, RegisterTile d, RegisterTile t, ImmutableArray<Statement>.Builder body)
    {
        Value D(int i) => new Read(d, [i]);
        if (inputs == 4)
        {
            return [Plus(D(0), Plus(D(1), D(2))), Minus(Minus(D(1), D(2)), D(3))];
        }

        Value s1 = Keep(body, t, 0, Plus(D(1), D(2)));
        Value d1 = Keep(body, t, 1, Minus(D(1), D(2)));
        Value s2 = Keep(body, t, 2, Plus(D(3), D(4)));
        Value d2 = Keep(body, t, 3, Minus(D(3), D(4)));
        if (outputs == 2)
        {
            return [Plus(D(0), Plus(s1, s2)), Plus(Fma(d2, 2, d1), D(5))];
        }

        return [Plus(D(0), Plus(s1, s2)), Fma(d2, 2, d1), Fma(s2, 4, s1), Plus(Fma(d2, 8, d1), D(5))];
    }

    private static Read Keep(ImmutableArray<Statement>.Builder body, RegisterTile t, int register, Value value)
    {
        body.Add(new Assign(t, [register], value));
        return new Read(t, [register]);
    }

    private static Value Plus(Value a, Value b) => new Binary(BinaryOperation.Add, a, b);

    private static Value Minus(Value a, Value b) => new Binary(BinaryOperation.Subtract, a, b);

    private static Value Fma(Value a, float factor, Value addend) => new MultiplyAdd(a, new Constant(factor), addend);
}
