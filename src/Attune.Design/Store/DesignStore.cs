using System.Collections.Immutable;
using System.Text.Json;
using Attune.Design.Spaces;
using Attune.Numerics;
using Attune.Records;
using Attune.Records.Journals;
using Attune.Records.Lines;

namespace Attune.Design.Store;

/// <summary>
/// Everything that was learned about designs and devices, next to the tuning records: designs, measurements, unit times, fits, fronts, accuracies, as lines of
/// a log. Opening it reads all; what is added is on disk at once, so an interrupted command goes on where it stopped. Every device that was measured is a proxy
/// for the next one. One process writes at a time. Not for several threads at once.
/// </summary>
public sealed class DesignStore : IDisposable
{
    /// <summary>File name of the default store.</summary>
    public const string FileName = "designs.jsonl";

    private static readonly LineFileKind Kind = new("design records", "a design record", "name another file with --store FILE", IsOurs);

    private readonly LineLog log;
    private readonly TimeProvider clock;
    private readonly Dictionary<string, DesignEntry> designs = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Device, string Design), MeasurementEntry> measurements = [];
    private readonly Dictionary<string, Dictionary<string, ProfileEntry>> profiles = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Device, string Family), FitEntry> fits = [];
    private readonly Dictionary<(string Source, string Design), AccuracyEntry> accuracies = [];
    private readonly List<FrontEntry> fronts = [];

    private DesignStore(LineLog log, TimeProvider clock)
    {
        this.log = log;
        this.clock = clock;
    }

    /// <summary>The file.</summary>
    public string Path => log.Path;

    /// <summary>Lines that were skipped because they are damaged.</summary>
    public int Damaged { get; private set; }

    /// <summary>Fronts, in the order in which they were made.</summary>
    public IReadOnlyList<FrontEntry> Fronts => fronts;

    /// <summary>Path of the default store: beside the default journal of tuning records.</summary>
    public static string DefaultPath() => System.IO.Path.Combine(System.IO.Path.GetDirectoryName(RecordFolder.DefaultJournal())!, FileName);

    /// <summary>Opens a store; makes it when missing.</summary>
    /// <param name="path">The file.</param>
    /// <param name="clock">Clock of the records' times.</param>
    /// <exception cref="JournalException">It is in use, no design store, of a newer schema, or the file system refuses.</exception>
    public static DesignStore Open(string path, TimeProvider clock)
    {
        var opened = LineLog.Open(path, Kind);
        try
        {
            var store = new DesignStore(opened, clock) { Damaged = opened.Contents.Damage.Length };
            foreach (ReadOnlyMemory<byte> line in opened.Contents.Lines)
            {
                store.Take(Decode(line.Span, opened.Path));
            }

            return store;
        }
        catch (JournalException)
        {
            opened.Dispose();
            throw;
        }
    }

    /// <summary>Keeps what a design's id means.</summary>
    public void Add(DesignSpace space, SpacePoint point)
    {
        string id = space.IdOf(point);
        if (!designs.ContainsKey(id))
        {
            Add(new DesignEntry { Time = clock.GetUtcNow(), Design = id, Family = space.Family, Genes = space.Describe(point) });
        }
    }

    /// <summary>Keeps a record; the latest of several about one thing counts.</summary>
    /// <exception cref="JournalException">The disk is full or failed.</exception>
    public void Add(StoreRecord record)
    {
        log.Append(JsonSerializer.SerializeToUtf8Bytes(record, StoreJson.Default.StoreRecord));
        Take(record);
    }

    /// <summary>What an id means; null when it is unknown.</summary>
    public DesignEntry? Design(string id) => designs.GetValueOrDefault(id);

    /// <summary>The measurement of a design on a device; null when there is none.</summary>
    public MeasurementEntry? Measurement(DeviceKey device, string design) => measurements.GetValueOrDefault((device.ToString(), design));

    /// <summary>All measurements of a family on a device.</summary>
    public ImmutableArray<MeasurementEntry> Measurements(DeviceKey device, string family)
    {
        string key = device.ToString();
        return [.. measurements.Values.Where(entry => entry.Device == key && entry.Family == family)];
    }

    /// <summary>Devices on which designs of a family ran, by name: the pool of proxies.</summary>
    public ImmutableArray<DeviceKey> Devices(string family) =>
    [
        .. measurements.Values
            .Where(entry => entry.Family == family && entry.Status == MeasurementStatus.Ok)
            .Select(entry => entry.Device)
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)
            .Select(DeviceKey.Parse)
            .OfType<DeviceKey>(),
    ];

    /// <summary>Unit times of a device: for every unit the median over the models it was timed in.</summary>
    public ImmutableArray<UnitTime> Units(DeviceKey device) => profiles.TryGetValue(device.ToString(), out Dictionary<string, ProfileEntry>? designs)
        ? [.. designs.Values.SelectMany(profile => profile.Units).GroupBy(unit => unit.Key, unit => unit.Value, StringComparer.Ordinal).Select(
            times => new UnitTime(times.Key, Quantiles.Median(times), UnitTimeSource.InModel, times.Count()))]
        : [];

    /// <summary>The latest fit of a family on a device; null when there is none.</summary>
    public FitEntry? Fit(DeviceKey device, string family) => fits.GetValueOrDefault((device.ToString(), family));

    /// <summary>What a source said about a design's accuracy; null when it was not asked.</summary>
    public AccuracyEntry? Accuracy(string source, string design) => accuracies.GetValueOrDefault((source, design));

    /// <inheritdoc/>
    public void Dispose() => log.Dispose();

    // Of a newer schema counts too: reading refuses that by its number.
    private static bool IsOurs(ReadOnlySpan<byte> line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, StoreJson.Default.StoreRecord) is not null;
        }
        catch (Exception foreign) when (foreign is JsonException or NotSupportedException)
        {
            return false;
        }
    }

    private static StoreRecord Decode(ReadOnlySpan<byte> line, string path)
    {
        try
        {
            StoreRecord? record = JsonSerializer.Deserialize(line, StoreJson.Default.StoreRecord);
            return record is { Schema: > StoreRecord.CurrentSchema }
                ? throw new JournalException(
                    JournalFailure.NewerSchema,
                    path,
                    $"The design store '{path}' uses schema {record.Schema}; this version reads up to {StoreRecord.CurrentSchema}. It was left as it is.",
                    "Update Attune, or name another file with --store FILE.")
                : record ?? throw new JsonException("it is null");
        }
        catch (Exception foreign) when (foreign is JsonException or NotSupportedException)
        {
            throw new JournalException(
                JournalFailure.NotAJournal,
                path,
                $"'{path}' is no design store: {foreign.Message} It was left as it is.",
                "Name another file with --store FILE.",
                foreign);
        }
    }

    private void Take(StoreRecord record)
    {
        switch (record)
        {
            case DesignEntry design:
                designs[design.Design] = design;
                break;
            case MeasurementEntry measurement:
                measurements[(measurement.Device, measurement.Design)] = measurement;
                break;
            case ProfileEntry profile:
                profiles.TryAdd(profile.Device, []);
                profiles[profile.Device][profile.Design] = profile;
                break;
            case FitEntry fit:
                fits[(fit.Device, fit.Family)] = fit;
                break;
            case AccuracyEntry accuracy:
                accuracies[(accuracy.Source, accuracy.Design)] = accuracy;
                break;
            case FrontEntry front:
                fronts.Add(front);
                break;
        }
    }
}
