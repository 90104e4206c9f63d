using System.Collections.Immutable;
using Attune.Design.Flow;
using Attune.Design.Spaces;
using Attune.Design.Units;
using Attune.Devices;
using Attune.Kernels.Templates;
using Attune.Records;
using Attune.Records.Journals;

namespace Attune.Design.Local;

/// <summary>Makes measurers of a family's designs on this machine.</summary>
/// <param name="session">The family and its store.</param>
/// <param name="cpu">This machine.</param>
/// <param name="records">Path of the tuning records, for tuned kernels.</param>
/// <param name="clock">Time.</param>
public sealed class LocalMeasurerFactory(DesignSession session, CpuDevice cpu, string records, TimeProvider clock)
{
    private const int AnchorCandidates = 200;

    /// <summary>A measurer, which must be disposed of, or the reason why there is none.</summary>
    /// <param name="device">How designs run.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="JournalException">The records cannot be read.</exception>
    public async Task<Result<LocalMeasurer, DesignError>> StartAsync(LocalDevice device, CancellationToken cancellation)
    {
        Result<OpenedDevice, DesignError> opened = OpenedDevice.Open(device, clock);
        if (!opened.Succeeded)
        {
            return opened.Error;
        }

        OpenedDevice? target = opened.Value;
        try
        {
            ImmutableDictionary<string, IReadOnlyDictionary<string, string>> tuned = device.Tuned
                ? Configurations(target)
                : ImmutableDictionary<string, IReadOnlyDictionary<string, string>>.Empty;
            if (device.Tuned && tuned.IsEmpty)
            {
                return new KernelsUntuned(device, target.Profile.Id, records);
            }

            (SpacePoint? anchor, string? problem) = await AnchorAsync(target.Key, cancellation);
            if (anchor is null)
            {
                return new FamilyUnbuildable(session.Space.Family, problem);
            }

            var measurer = new LocalMeasurer(session.Networks, target, cpu, tuned, anchor, new LocalMeasureOptions(), clock);
            target = null;
            return measurer;
        }
        finally
        {
            target?.Dispose();
        }
    }

    // The best configuration of every layer that was tuned on this device, by task key. A pair of layers runs as one wherever it has a configuration, and
    // whether that is faster only a tune of the whole model knows.
    private ImmutableDictionary<string, IReadOnlyDictionary<string, string>> Configurations(OpenedDevice device)
    {
        if (!File.Exists(records))
        {
            return ImmutableDictionary<string, IReadOnlyDictionary<string, string>>.Empty;
        }

        IEnumerable<TuningRecord> mine = JournalReader.Read(records, new RecordSelection(tasks: null, device.Profile.Id)).Records
            .Where(record => record.Device == device.Profile.Id && record.Threads == device.Way.Threads && KernelTemplates.IsCurrent(record.Template))
            .Where(record => WeightedWorkload.TryParse(record.Task) is not PairWorkload);
        return RecordQueries.BestPerTask(mine).ToImmutableDictionary(record => record.Task, record => record.Knobs, StringComparer.Ordinal);
    }

    // The same for everybody: the smallest of a fixed sample.
    private async Task<(SpacePoint? Anchor, string? Problem)> AnchorAsync(DeviceKey device, CancellationToken cancellation)
    {
        UnitEncoder encoder = session.EncoderOf(device);
        var random = new Random(1);
        int count = session.Networks.IsTemplate ? AnchorCandidates : 1;
        (SpacePoint Point, long Flops)? min = null;
        string? problem = null;
        for (int i = 0; i < count; i++)
        {
            SpacePoint point = session.Space.Sample(random);
            (EncodedDesign? design, string? why) = await encoder.EncodeAsync(point, cancellation);
            problem ??= why;
            min = design is not null && (min is null || design.Flops < min.Value.Flops) ? (point, design.Flops) : min;
        }

        return (min?.Point, problem);
    }
}
