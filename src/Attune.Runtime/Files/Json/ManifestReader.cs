using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Attune.Kernels.Backends;
using Attune.Kernels.Templates;

namespace Attune.Runtime.Files.Json;

/// <summary>
/// Reads the manifest and the configurations. By hand: the serializer builds its metadata when it is first used, and that takes longer than everything else
/// in the file together.
/// </summary>
internal static class ManifestReader
{
    private const int MaxPrograms = 1024;

    /// <summary>Reads a manifest; a newer format may have another shape, so its number comes first.</summary>
    /// <exception cref="FileDefectException">The format is newer, or the content makes no sense.</exception>
    /// <exception cref="JsonException">It is no JSON.</exception>
    public static Manifest Manifest(byte[] utf8)
    {
        using JsonDocument document = JsonDocument.Parse(utf8);
        JsonElement json = document.RootElement;
        int format = json.GetProperty("format").GetInt32();
        if (format > Json.Manifest.CurrentFormat)
        {
            throw new FileDefectException(
                TunedModelFailure.NewerVersion, $"it has format {format}, and this version reads up to {Json.Manifest.CurrentFormat}");
        }

        return new Manifest
        {
            Format = format,
            ProductVersion = Text(json, "product_version"),
            CreatedAt = json.GetProperty("created_at").GetDateTimeOffset(),
            Device = Text(json, "device"),
            DeviceDescription = Text(json, "device_description"),
            DeviceKind = Optional(json, "device_kind")?.GetString(),
            Threads = json.GetProperty("threads").GetInt32(),
            VectorLanes = json.GetProperty("vector_lanes").GetInt32(),
            Summary = Optional(json, "summary") is { } summary ? Summary(summary) : null,
            Precision = Optional(json, "precision") is { } precision ? Precision(precision) : null,
            Source = Optional(json, "source")?.GetString(),
            SourceSha256 = Optional(json, "source_sha256")?.GetString(),
            WithoutFusions = Optional(json, "without_fusions") is { } without ? Names(without) : null,
            Targets = Optional(json, "targets") is { } targets ? Targets(targets) : null,
            Programs = Optional(json, "programs") is { } programs ? Programs(programs) : null,
            Entries = Entries(json.GetProperty("entries")),
        };
    }

    /// <summary>Reads the configurations.</summary>
    /// <exception cref="FileDefectException">The content makes no sense.</exception>
    /// <exception cref="JsonException">It is no JSON.</exception>
    public static ImmutableArray<TunedConfiguration> Configurations(byte[] utf8)
    {
        using JsonDocument document = JsonDocument.Parse(utf8);
        return Configurations(document.RootElement);
    }

    private static ImmutableArray<TunedConfiguration> Configurations(JsonElement all)
    {
        ImmutableArray<TunedConfiguration>.Builder list = ImmutableArray.CreateBuilder<TunedConfiguration>(all.GetArrayLength());
        var tasks = new HashSet<string>(StringComparer.Ordinal);
        foreach (JsonElement json in all.EnumerateArray())
        {
            var configuration = new TunedConfiguration(
                Text(json, "task"),
                FormerKnobs.Translate(Knobs(json.GetProperty("knobs"))),
                Optional(json, "median_ms")?.GetDouble(),
                Source(Text(json, "source")),
                Optional(json, "runner_up") is { } second ? RunnerUp(second) : null);
            list.Add(tasks.Add(configuration.Task) ? configuration : throw Malformed("a task has two configurations"));
        }

        return list.MoveToImmutable();
    }

    private static ImmutableArray<TunedTarget> Targets(JsonElement json)
    {
        DeviceTargets.RequireFew(json.GetArrayLength());
        ImmutableArray<TunedTarget>.Builder targets = ImmutableArray.CreateBuilder<TunedTarget>();
        foreach (JsonElement target in json.EnumerateArray())
        {
            targets.Add(new TunedTarget
            {
                Device = Text(target, "device"),
                DeviceDescription = Text(target, "device_description"),
                DeviceKind = DeviceTargets.KindOf(Text(target, "device_kind")),
                Threads = target.GetProperty("threads").GetInt32(),
                VectorLanes = target.GetProperty("vector_lanes").GetInt32(),
                CreatedAt = target.GetProperty("created_at").GetDateTimeOffset(),
                ProductVersion = Text(target, "product_version"),
                Summary = Optional(target, "summary") is { } summary ? Summary(summary) : null,
                Configurations = Configurations(target.GetProperty("configurations")),
                Programs = Optional(target, "programs") is { } programs ? Programs(programs) : [],
            });
        }

        return targets.ToImmutable();
    }

    private static ImmutableArray<DeviceCode> Programs(JsonElement json)
    {
        int count = json.GetArrayLength();
        if (count > MaxPrograms)
        {
            throw new FileDefectException(TunedModelFailure.TooLarge, $"it holds {count} compiled programs for a device, and {MaxPrograms} is the limit");
        }

        ImmutableArray<DeviceCode>.Builder programs = ImmutableArray.CreateBuilder<DeviceCode>(count);
        foreach (JsonElement program in json.EnumerateArray())
        {
            programs.Add(CodeConverter.Read(program));
        }

        return programs.MoveToImmutable();
    }

    private static RunnerUp RunnerUp(JsonElement json) =>
        new(FormerKnobs.Translate(Knobs(json.GetProperty("knobs"))), json.GetProperty("median_ms").GetDouble())
        {
            AddedMs = Optional(json, "added_ms")?.GetDouble(),
            Task = Optional(json, "task")?.GetString(),
        };

    private static ImmutableArray<string> Names(JsonElement json)
    {
        ImmutableArray<string>.Builder names = ImmutableArray.CreateBuilder<string>();
        foreach (JsonElement name in json.EnumerateArray())
        {
            names.Add(name.GetString() ?? throw Malformed("a name is null"));
        }

        return names.ToImmutable();
    }

    private static TuningSummary Summary(JsonElement json) => new(
        Text(json, "tuner"),
        json.GetProperty("seed").GetInt64(),
        json.GetProperty("trials").GetInt32(),
        json.GetProperty("seconds").GetDouble(),
        Optional(json, "before_ms")?.GetDouble(),
        Optional(json, "after_ms")?.GetDouble());

    private static PrecisionSummary Precision(JsonElement json) => new(
        Text(json, "precision"),
        json.GetProperty("layers").GetInt32(),
        Names(json.GetProperty("float_layers")),
        Optional(json, "loss")?.GetDouble(),
        Optional(json, "allowed_loss")?.GetDouble(),
        Optional(json, "relative_error")?.GetDouble(),
        json.GetProperty("samples").GetInt32())
    {
        BrainLayers = Optional(json, "brain_layers") is { } rounded ? Names(rounded) : [],
        FloatAccuracy = Optional(json, "float_accuracy")?.GetDouble(),
        Accuracy = Optional(json, "accuracy")?.GetDouble(),
        Inputs = Optional(json, "inputs")?.GetString(),
    };

    private static ImmutableArray<ManifestEntry> Entries(JsonElement json)
    {
        ImmutableArray<ManifestEntry>.Builder entries = ImmutableArray.CreateBuilder<ManifestEntry>();
        foreach (JsonElement entry in json.EnumerateArray())
        {
            ImmutableArray<string>.Builder hashes = ImmutableArray.CreateBuilder<string>();
            foreach (JsonElement hash in entry.GetProperty("sha256").EnumerateArray())
            {
                hashes.Add(hash.GetString() ?? throw Malformed("a hash is null"));
            }

            entries.Add(new ManifestEntry(Text(entry, "name"), entry.GetProperty("length").GetInt64(), hashes.ToImmutable()));
        }

        return entries.ToImmutable();
    }

    private static Dictionary<string, string> Knobs(JsonElement json)
    {
        var knobs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (JsonProperty knob in json.EnumerateObject())
        {
            knobs[knob.Name] = knob.Value.GetString() ?? throw Malformed($"knob '{knob.Name}' is null");
        }

        return knobs;
    }

    private static ConfigurationSource Source(string text) => text switch
    {
        "tuned" => ConfigurationSource.Tuned,
        "default" => ConfigurationSource.Default,
        "nearest" => ConfigurationSource.Nearest,
        _ => throw Malformed(string.Create(CultureInfo.InvariantCulture, $"there is no source '{text}' of a configuration")),
    };

    private static JsonElement? Optional(JsonElement json, string property) =>
        json.TryGetProperty(property, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static string Text(JsonElement json, string property) => json.GetProperty(property).GetString() ?? throw Malformed($"'{property}' is null");

    private static FileDefectException Malformed(string reason) => new(TunedModelFailure.Malformed, reason);
}
