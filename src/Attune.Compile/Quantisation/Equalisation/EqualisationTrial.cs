using Attune.Compile.Quantisation.Session;
using Attune.Kernels;

namespace Attune.Compile.Quantisation.Equalisation;

/// <summary>
/// Compares a network on bytes with the same of equalised layers, since alike ranges of weights do not make those of activations alike on every network.
/// Stateless.
/// </summary>
internal static class EqualisationTrial
{
    /// <summary>Most samples that errors are measured on.</summary>
    public const int MaxSamples = 16;

    // The network of floats, that on bytes, and the equalised one.
    private const int Networks = 3;

    /// <summary>Runs that <see cref="Run"/> makes.</summary>
    /// <param name="samples">How many samples there are.</param>
    public static int RunsOf(int samples) => Networks * Math.Min(samples, MaxSamples);

    /// <summary>Measures both.</summary>
    /// <param name="plain">The network as it was.</param>
    /// <param name="equalised">The same with equalised layers.</param>
    /// <param name="pairs">How many pairs of layers were scaled.</param>
    /// <param name="samples">Calibration samples, at least one.</param>
    /// <param name="threads">Threads to run on.</param>
    /// <param name="ran">Called after every run; null for nothing.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public static EqualisationReport Run(
        PreparedQuantisation plain,
        PreparedQuantisation equalised,
        int pairs,
        IReadOnlyList<IReadOnlyDictionary<string, Tensor>> samples,
        int threads,
        Action? ran,
        CancellationToken cancellation)
    {
        Action step = ran ?? (static () => { });
        var measurement = new CostMeasurement(plain.Plain, [.. samples.Take(MaxSamples)], [], threads, step, cancellation);
        double Error(PreparedQuantisation prepared) => measurement.Of(prepared.Build().Network, step, cancellation).RelativeError;
        return new EqualisationReport(pairs, Error(plain), Error(equalised));
    }
}
