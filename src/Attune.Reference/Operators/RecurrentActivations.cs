using System.Collections.Frozen;
using Attune.Kernels.Loops;

namespace Attune.Reference.Operators;

/// <summary>The activation functions of recurrent operators, with their parameters as the operators list them.</summary>
internal static class RecurrentActivations
{
    // Which functions take a first and a second parameter, and what these are where the lists are shorter.
    private static readonly FrozenDictionary<string, (float? Alpha, float? Beta)> Known = new Dictionary<string, (float?, float?)>
    {
        ["SIGMOID"] = (null, null),
        ["TANH"] = (null, null),
        ["RELU"] = (null, null),
        ["SOFTSIGN"] = (null, null),
        ["SOFTPLUS"] = (null, null),
        ["HARDSIGMOID"] = (0.2f, 0.5f),
        ["LEAKYRELU"] = (0.01f, null),
        ["ELU"] = (1, null),
        ["THRESHOLDEDRELU"] = (1, null),
        ["AFFINE"] = (1, 0),
        ["SCALEDTANH"] = (1, 1),
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>True for the name of a function, in capitals or not.</summary>
    public static bool Knows(string name) => Known.ContainsKey(name);

    /// <summary>Functions with parameters. The lists hold entries only for functions that take a parameter, in the order of the functions.</summary>
    /// <param name="names">Names of known functions.</param>
    /// <param name="alphas">First parameters.</param>
    /// <param name="betas">Second parameters.</param>
    public static Func<double, double>[] Of(IReadOnlyList<string> names, IEnumerable<float> alphas, IEnumerable<float> betas)
    {
        var first = new Queue<float>(alphas);
        var second = new Queue<float>(betas);
        return
        [
            .. names.Select(name =>
            {
                (float? alpha, float? beta) = Known[name];
                return Function(name, Next(first, alpha), Next(second, beta));
            }),
        ];
    }

    private static double Next(Queue<float> given, float? absent) => absent is { } value ? given.TryDequeue(out float next) ? next : value : 0;

    private static Func<double, double> Function(string name, double alpha, double beta) => name.ToUpperInvariant() switch
    {
        "SIGMOID" => SpecialFunctions.Sigmoid,
        "TANH" => Math.Tanh,
        "RELU" => static v => Math.Max(v, 0),
        "SOFTSIGN" => static v => v / (1 + Math.Abs(v)),
        "SOFTPLUS" => SpecialFunctions.Softplus,
        "HARDSIGMOID" => v => ActivationKernels.HardSigmoid(v, alpha, beta),
        "LEAKYRELU" => v => v < 0 ? alpha * v : v,
        "ELU" => v => v < 0 ? alpha * SpecialFunctions.ExpMinusOne(v) : v,
        "THRESHOLDEDRELU" => v => v > alpha ? v : 0,
        "AFFINE" => v => (alpha * v) + beta,
        "SCALEDTANH" => v => alpha * Math.Tanh(beta * v),
        _ => throw new ArgumentException($"The activation '{name}' is unknown.", nameof(name)),
    };
}
