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

    /// <summary>A measurer, or the reason why there is none.</summary>
    /// <param name="device">How designs run.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="JournalException">The records cannot be read.</exception>
    public async Task<Result<LocalMeasurer, DesignError>> StartAsync(LocalDevice device, CancellationToken cancellation)
    {
        ImmutableDictionary<string, IReadOnlyDictionary<string, string>> tuned = device.Tuned
            ? Configurations(device)
            : ImmutableDictionary<string, IReadOnlyDictionary<string, string>>.Empty;
        if (device.Tuned && tuned.IsEmpty)
        {
            return new KernelsUntuned(device, records);
        }

        (SpacePoint? anchor, string? problem) = await AnchorAsync(device, cancellation);
        return anchor is { } found
            ? new LocalMeasurer(session.Networks, device, cpu, tuned, found, new LocalMeasureOptions(), clock)
            : new FamilyUnbuildable(session.Space.Family, problem);
    }

    // The best configuration of every task that was tuned on this device, by task key.
    private ImmutableDictionary<string, IReadOnlyDictionary<string, string>> Configurations(LocalDevice device)
    {
        if (!File.Exists(records))
        {
            return ImmutableDictionary<string, IReadOnlyDictionary<string, string>>.Empty;
        }

        IEnumerable<TuningRecord> mine = JournalReader.Read(records, new RecordSelection(tasks: null, cpu.Fingerprint.Id)).Records
            .Where(record => record.Device == cpu.Fingerprint.Id && record.Threads == device.Threads && KernelTemplates.IsCurrent(record.Template));
        return RecordQueries.BestPerTask(mine).ToImmutableDictionary(record => record.Task, record => record.Knobs, StringComparer.Ordinal);
    }

    // The same for everybody: the smallest of a fixed sample.
    private async Task<(SpacePoint? Anchor, string? Problem)> AnchorAsync(LocalDevice device, CancellationToken cancellation)
    {
        UnitEncoder encoder = session.EncoderOf(device.KeyOn(cpu));
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
