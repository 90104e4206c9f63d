using System.Collections.Immutable;
using Attune.Kernels.Loops;

namespace Attune.Kernels.Templates.Winograd;

/// <summary>
/// The one-dimensional transforms of Winograd's minimal filtering F(2,3), F(4,3) and F(2,5) with the usual points 0, 1, -1, (2, -2), infinity
/// (Lavin and Gray 2016), written with shared subexpressions. A 3-tap filter with stride 2 is the sum of a 2-tap filter over the even inputs, F(2,2) with the
/// points 0, 1, infinity or F(4,2) with 0, 1, -1, 2, infinity, and a 1-tap filter over the odd ones, which needs no transform and one weight for all outputs:
/// 2m + 1 instead of 3m products for m outputs. The products of the even inputs come first.
/// </summary>
internal static class WinogradTransform
{
    /// <summary>
    /// Rows of the weight transform G: row of point p is f [1, p, p^2, ...], the last one selects the highest power (the point at infinity).
    /// The factors f undo the scaling of the input transform's rows.
    /// </summary>
    /// <param name="outputs">Outputs per tile and dimension.</param>
    /// <param name="kernel">Kernel extent per dimension.</param>
    /// <param name="stride">Stride: 1 or 2.</param>
    public static double[][] Weights(int outputs, int kernel, int stride)
    {
        if (stride == 2)
        {
            double[] odd = [0, 1, 0];
            return outputs == 2
                ? [[1, 0, 0], [1, 0, 1], [0, 0, 1], odd]
                : [[0.5, 0, 0], [-0.5, 0, -0.5], [-1.0 / 6, 0, 1.0 / 6], [1.0 / 6, 0, 1.0 / 3], [0, 0, 1], odd];
        }

        (double Point, double Factor)[] points = outputs + kernel - 1 == 4
            ? [(0, 1), (1, 0.5), (-1, 0.5)]
            : [(0, 0.25), (1, -1.0 / 6), (-1, -1.0 / 6), (2, 1.0 / 24), (-2, 1.0 / 24)];
        return
        [
            .. points.Select(p => Enumerable.Range(0, kernel).Select(power => p.Factor * Math.Pow(p.Point, power)).ToArray()),
            [.. Enumerable.Range(0, kernel).Select(power => power == kernel - 1 ? 1.0 : 0.0)],
        ];
    }

    /// <summary>Rows of the weight transform.</summary>
    public static int WeightRows(int outputs, int inputs, int stride) => stride == 2 ? outputs + 2 : inputs;

    /// <summary>
    /// Input transform: 4 or 6 values in (5 or 9 with stride 2), as many out. Reads d, uses t (4 registers) as scratch, and gives the results in order.
    /// </summary>
    public static ImmutableArray<Value> Input(int inputs, int stride, RegisterTile d, RegisterTile t, ImmutableArray<Statement>.Builder body)
    {
        Value D(int i) => new Read(d, [i]);
        if (stride == 2)
        {
            if (inputs == 5)
            {
                return [Minus(D(0), D(2)), D(2), Minus(D(4), D(2)), D(1), D(3)];
            }

            Value f = Keep(body, t, 0, Minus(D(6), D(2)));
            Value g = Keep(body, t, 1, Minus(D(6), D(4)));
            return
            [
                Fma(Minus(D(0), D(4)), 2, f),
                Fma(D(2), -2, g),
                Fma(Minus(D(4), D(2)), -2, g),
                f,
                Fma(f, -2, Minus(D(8), D(4))),
                D(1),
                D(3),
                D(5),
                D(7),
            ];
        }

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

    /// <summary>Output transform: 4 values in and 2 out, or 6 in and 2 or 4 out; with stride 2, 5 in and 2 out or 9 in and 4 out.</summary>
    public static ImmutableArray<Value> Output(int outputs, int inputs, int stride, RegisterTile d, RegisterTile t, ImmutableArray<Statement>.Builder body)
    {
        Value D(int i) => new Read(d, [i]);
        if (stride == 2)
        {
            if (outputs == 2)
            {
                return [Plus(D(0), Plus(D(1), D(3))), Plus(Plus(D(1), D(2)), D(4))];
            }

            Value sum = Keep(body, t, 0, Plus(D(1), D(2)));
            Value difference = Keep(body, t, 1, Minus(D(1), D(2)));
            return
            [
                Plus(Plus(D(0), D(3)), Plus(sum, D(5))),
                Fma(D(3), 2, Plus(difference, D(6))),
                Fma(D(3), 4, Plus(sum, D(7))),
                Fma(D(3), 8, Plus(difference, Plus(D(4), D(8)))),
            ];
        }

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
