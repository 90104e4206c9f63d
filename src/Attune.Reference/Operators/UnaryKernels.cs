using Attune.Kernels;
using Attune.Kernels.Loops;

namespace Attune.Reference.Operators;

/// <summary>Element-wise functions of one argument that have no parameters. Floats are computed in double precision.</summary>
internal static class UnaryKernels
{
    public static void Register(KernelTable table)
    {
        Add(table, "Abs", Math.Abs, static v => unchecked(v < 0 ? -v : v));
        Add(table, "Neg", static v => -v, static v => unchecked(-v));
        Add(table, "Sign", static v => double.IsNaN(v) ? v : Math.Sign(v), static v => Math.Sign(v));
        Add(table, "Ceil", Math.Ceiling);
        Add(table, "Floor", Math.Floor);
        Add(table, "Round", static v => Math.Round(v, MidpointRounding.ToEven));
        Add(table, "Sqrt", Math.Sqrt);
        Add(table, "Reciprocal", static v => 1 / v);
        Add(table, "Exp", Math.Exp);
        Add(table, "Log", Math.Log);
        Add(table, "Sin", Math.Sin);
        Add(table, "Cos", Math.Cos);
        Add(table, "Tan", Math.Tan);
        Add(table, "Asin", Math.Asin);
        Add(table, "Acos", Math.Acos);
        Add(table, "Atan", Math.Atan);
        Add(table, "Sinh", Math.Sinh);
        Add(table, "Cosh", Math.Cosh);
        Add(table, "Tanh", Math.Tanh);
        Add(table, "Asinh", Math.Asinh);
        Add(table, "Acosh", Math.Acosh);
        Add(table, "Atanh", Math.Atanh);
        Add(table, "Erf", SpecialFunctions.Erf);
        table.Add(
            "Not",
            static node => Guards.Truth(node, 0),
            static call => Tensor.Of(call.Input(0).Shape, Numbers.Map(call.Input(0).Elements<bool>(), static v => !v)));
        table.Add(
            "IsNaN",
            static node => Guards.Number(node, 0),
            static call => Tensor.Of(call.Input(0).Shape, Numbers.Map(Numbers.ToDoubles(call.Input(0)), double.IsNaN)));
        table.Add("IsInf", static node => Guards.Number(node, 0), IsInfinite);
        table.AddExact("BitwiseNot", static node => BinaryKernels.NeedIntegers(node, 0), static call =>
            Numbers.FromLongs(Numbers.Map(Numbers.ToLongs(call.Input(0)), static v => ~v), call.Input(0).Element, call.Input(0).Shape));
    }

    /// <summary>Applies a function of a float tensor in double precision; the result has the input's type.</summary>
    public static Tensor Apply(Tensor x, Func<double, double> function)
    {
        if (x.Element == DataType.Float64)
        {
            return Tensor.Of(x.Shape, Numbers.Map(x.Elements<double>(), function));
        }

        float[] source = x.Elements<float>();
        var result = new float[source.Length];
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = (float)function(source[i]);
        }

        return Tensor.Of(x.Shape, result);
    }

    private static void Add(KernelTable table, string name, Func<double, double> function, Func<long, long>? integers = null) =>
        table.Add(
            name,
            node => _ = integers is null ? Guards.Real(node, 0) : Guards.Number(node, 0),
            call => integers is not null && Numbers.IsInteger(call.Input(0).Element)
                ? Numbers.FromLongs(Numbers.Map(Numbers.ToLongs(call.Input(0)), integers), call.Input(0).Element, call.Input(0).Shape)
                : Apply(call.Input(0), function));

    private static Tensor IsInfinite(KernelCall call)
    {
        bool negative = call.Flag("detect_negative", absent: true);
        bool positive = call.Flag("detect_positive", absent: true);
        double[] values = Numbers.ToDoubles(call.Input(0));
        return Tensor.Of(
            call.Input(0).Shape, Numbers.Map(values, v => (positive && double.IsPositiveInfinity(v)) || (negative && double.IsNegativeInfinity(v))));
    }
}
