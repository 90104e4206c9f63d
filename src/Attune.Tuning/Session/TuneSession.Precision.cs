using Attune.Compile.Compute;
using Attune.Compile.Quantisation;
using Attune.Compile.Quantisation.Session;
using Attune.Devices;
using Attune.Kernels;
using Attune.Kernels.Targets;
using Attune.Runtime;

namespace Attune.Tuning.Session;

/// <content>Tunes of networks that are quantised first.</content>
public sealed partial class TuneSession
{
    /// <summary>How the network was quantised, and what that cost; null where it is tuned as it was given.</summary>
    public QuantiseOutcome? Quantisation { get; private init; }

    private PrecisionSummary? Precision { get; init; }

    /// <summary>
    /// Quantises a network and plans a tune of the result; both are one session, whose budget of time counts from the beginning. Where the file that the
    /// options name to be written was tuned from the same network, samples and options, its choice of layers is taken over.
    /// </summary>
    /// <param name="network">The network of floats as it was read, before any pass; all shapes known.</param>
    /// <param name="precision">How to quantise it.</param>
    /// <param name="options">How to tune it: weights in 32-bit floats, on the processors.</param>
    /// <param name="progress">Told how far quantising is, on the calling thread; null for nobody.</param>
    /// <param name="clock">Clock of everything; null takes the system's.</param>
    /// <param name="started">Timestamp of the clock from which the budget counts; null for now.</param>
    /// <param name="cancellation">
    /// Gives quantising up; a search for precisions that has found something within its budget gives that, which can then be tuned.
    /// </param>
    /// <returns>The session, to be run; why the network cannot be quantised.</returns>
    /// <exception cref="ArgumentException">
    /// An option is out of range, weights or products are narrowed otherwise too, the device is no processor, or a sample does not fit the network.
    /// </exception>
    /// <exception cref="IOException">The file that the options name as the source cannot be read.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled before there was a network.</exception>
    public static Result<TuneSession, QuantiseError> Quantised(
        Network network,
        PrecisionOptions precision,
        TuneOptions options,
        IProgress<QuantiseProgress>? progress = null,
        TimeProvider? clock = null,
        long? started = null,
        CancellationToken cancellation = default)
    {
        options.Validated();
        if (options.Weights != WeightFormat.F32 || options.Compute != ComputeFormat.F32 || options.Device.Kind != TargetKind.Cpu)
        {
            throw new ArgumentException("Networks are quantised for processors, and their numbers are not narrowed besides.", nameof(options));
        }

        clock ??= TimeProvider.System;
        long start = started ?? clock.GetTimestamp();
        string key = QuantisedNetworkKey.Of(network, precision, options);
        PrecisionSummary? earlier = PrecisionRecord.Find(options.Output, key);
        var quantiser = new QuantiseSession(network, precision.Calibration with { Threads = options.Threads }, clock)
        {
            Precision = precision.Precision,
            AllowedLoss = precision.AllowedLoss,
            KnownFloats = earlier?.FloatLayers,
            KnownBrainFloats = earlier?.BrainLayers ?? [],
            OffersBrainFloats = true,
        };
        Result<QuantiseOutcome, QuantiseError> outcome = quantiser.Run(precision.Samples, progress, cancellation);
        return !outcome.Succeeded ? outcome.Error : new TuneSession(start, TunePlan.Of(outcome.Value.Quantised.Network, options), clock)
        {
            Quantisation = outcome.Value,
            Precision = PrecisionRecord.Of(precision, outcome.Value, key),
        };
    }
}
