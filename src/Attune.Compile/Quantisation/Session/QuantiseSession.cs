using System.Collections.Immutable;
using Attune.Compile.Quantisation.Samples;
using Attune.Devices;
using Attune.Kernels;
using Attune.Runtime.Files.Json;

namespace Attune.Compile.Quantisation.Session;

/// <summary>
/// Quantises a network and measures what that costs: one sample in five is kept out of calibration, and the networks of floats and bytes are compared on
/// those. Stateless between runs.
/// </summary>
/// <param name="network">A network as it was read or built, before any pass.</param>
/// <param name="options">How to quantise it; null for the defaults.</param>
/// <param name="clock">Time; null for that of the system.</param>
public sealed class QuantiseSession(Network network, QuantiserOptions? options = null, TimeProvider? clock = null)
{
    private const int HeldOutEvery = 5;
    private readonly QuantiserOptions options = (options ?? QuantiserOptions.Default).Validated();

    /// <summary>Quantises and measures. Writes nothing.</summary>
    /// <param name="samples">Inputs to calibrate and to measure on.</param>
    /// <param name="progress">Told how far things are, on the calling thread; null for nobody.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="ArgumentException">There is no sample, or one lacks an input or has it in another type or shape.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public Result<QuantiseOutcome, QuantiseError> Run(
        SampleSet samples, IProgress<QuantiseProgress>? progress = null, CancellationToken cancellation = default)
    {
        ImmutableArray<int> held = HeldOut(samples.Inputs.Length);
        IReadOnlyDictionary<string, Tensor>[] measured = [.. (held.IsEmpty ? [0] : held).Select(i => samples.Inputs[i])];
        IReadOnlyDictionary<string, Tensor>[] calibration = [.. samples.Inputs.Where((_, i) => !held.Contains(i))];
        var work = new QuantiseWork(clock ?? TimeProvider.System, progress);
        work.Expect((calibration.Length * Calibration.PassesOf(options.Method)) + (2 * measured.Length));
        work.Begin("calibrating");
        Result<PreparedQuantisation, QuantiseError> prepared = PreparedQuantisation.Of(network, calibration, options, work.Step, cancellation);
        if (!prepared.Succeeded)
        {
            return prepared.Error;
        }

        work.Begin("running on floats");
        var measurement = new CostMeasurement(network, measured, LabelsOf(samples, held), options.Threads, work.Step, cancellation);
        QuantisedNetwork quantised = prepared.Value.Build();
        work.Begin("running on bytes");
        QuantisationCost cost = measurement.Of(quantised.Network, work.Step, cancellation);
        return new QuantiseOutcome(
            quantised, cost, calibration.Length, !held.IsEmpty, BytesOf(network), BytesOf(quantised.Network), [.. samples.Warnings, .. Warnings(held, cost)]);
    }

    private static IEnumerable<string> Warnings(ImmutableArray<int> held, QuantisationCost cost)
    {
        if (held.IsEmpty)
        {
            yield return "There is one sample only: what quantising cost was measured on the sample that ranges are from, which flatters it. Give more.";
        }

        if (double.IsInfinity(cost.RelativeError))
        {
            yield return "An output of one of the networks is infinite or no number, or nothing but zeros, on some sample.";
        }
    }

    // Spread over the set, since neighbours are often alike.
    private static ImmutableArray<int> HeldOut(int count) => count switch
    {
        1 => [],
        < HeldOutEvery => [count - 1],
        _ => [.. Enumerable.Range(0, count).Where(i => i % HeldOutEvery == HeldOutEvery - 1)],
    };

    private static ImmutableArray<int> LabelsOf(SampleSet samples, ImmutableArray<int> held)
    {
        if (samples.Labels.IsEmpty)
        {
            return [];
        }

        int answers = samples.Labels.Length / samples.Inputs.Length;
        return [.. (held.IsEmpty ? [0] : held).SelectMany(i => samples.Labels.AsSpan(i * answers, answers).ToArray())];
    }

    private static long BytesOf(Network of) =>
        of.Constants.Values.Distinct().Sum(tensor => (long)tensor.Count * NetworkJsonWriter.ElementBytes(tensor.Element));
}
