using System.Collections.Immutable;
using System.Text.Json;
using Attune.Devices;
using Attune.Devices.Files;
using Attune.Kernels.Backends;
using Attune.Records.Documents;

namespace Attune.Cohort.Profiles;

/// <summary>
/// The profile file: JSON with a schema number. Reading trusts nothing: sizes are limited, every number is checked, unknown fields are refused. Writing goes to
/// a temporary neighbour that takes the name in one step. Stateless.
/// </summary>
public static class ProfileFile
{
    /// <summary>Schema that this build writes and reads.</summary>
    public const int Schema = 1;

    private const string Kind = "attune-cohort-profile";
    private const string UsualEnding = ".profile.json";
    private const long LargestFile = 1L << 26;
    private const int MaxKnobs = 32;
    private const int MaxStages = 512;
    private const int MaxVariants = 32;
    private const int MaxSettings = 1024;
    private const double MaxMicroseconds = 1e9;
    private const double MaxMilliJoules = 1e9;

    /// <summary>Where the model with low-rank forms is written when nobody says otherwise: beside the profile.</summary>
    /// <param name="profile">Path of the profile.</param>
    public static string UsualModel(string profile) =>
        Path.ChangeExtension(profile.EndsWith(UsualEnding, StringComparison.Ordinal) ? profile[..^UsualEnding.Length] + ".cohort.json" : profile, ".attune");

    /// <summary>Reads a profile from a file.</summary>
    public static Result<CohortProfile, DocumentError> Read(string path) => DocumentFile.Read(path, LargestFile, Read);

    /// <summary>Reads a profile from bytes.</summary>
    public static Result<CohortProfile, DocumentError> Parse(ReadOnlyMemory<byte> bytes) => DocumentFile.Parse(bytes, Read);

    /// <summary>Writes a profile; whatever had the name before is replaced.</summary>
    /// <exception cref="IOException">The file system refuses; the old file is as it was.</exception>
    public static void Write(string path, CohortProfile profile) => AtomicFile.Write(path, stream => Write(stream, profile));

    private static CohortProfile? Read(DocumentObject root)
    {
        _ = root.Word("kind", [Kind], required: true);
        if (root.Whole("schema", 1, int.MaxValue, required: true) is { } schema && schema != Schema)
        {
            root.Problem("schema", $"this is schema {schema}, this version of Attune reads {Schema}: make the profile again");
            return null;
        }

        string? network = root.Text("network", required: true);
        string? machine = root.Text("machine", required: true);
        DeviceName device = Device(root);
        string? origin = root.Text("origin", required: true);
        string? model = root.Text("model");
        string energy = root.Word("energy", ["none", "measured", "estimated"], required: true) ?? "none";
        double? rest = root.Number("rest_power_mw", 0, 1e7);
        var lists = new ProfileLists(root, energy != "none");
        ImmutableArray<ProfileKnob> knobs = lists.Knobs(MaxKnobs);
        ImmutableArray<ProfileStage> stages = lists.Stages(MaxStages);
        ImmutableArray<ProfileVariant> variants = lists.Variants(MaxVariants, stages.Length);
        ImmutableArray<ProfileSetting> settings = lists.Settings(
            MaxSettings, (knobs.Length, variants.Length, stages.Length), MaxMicroseconds, MaxMilliJoules);
        root.RefuseOthers();
        if (network is null || machine is null || origin is null)
        {
            return null;
        }

        return new CohortProfile
        {
            Network = network,
            Machine = machine,
            Device = device,
            Origin = origin,
            Model = model,
            Energy = energy switch { "measured" => EnergySource.Measured, "estimated" => EnergySource.Estimated, _ => EnergySource.None },
            RestPowerMw = rest,
            Knobs = knobs,
            Stages = stages,
            Variants = variants,
            Settings = settings,
        };
    }

    private static DeviceName Device(DocumentObject root)
    {
        if (root.Text("device") is not { } text)
        {
            return DeviceName.Cpu;
        }

        if (DeviceName.TryParse(text, provider: null, out DeviceName? device))
        {
            return device;
        }

        root.Problem("device", $"'{text}' is no device; devices are called {DeviceName.Forms}");
        return DeviceName.Cpu;
    }

    private static void Write(Stream stream, CohortProfile profile)
    {
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("kind", Kind);
        json.WriteNumber("schema", Schema);
        json.WriteString("network", profile.Network);
        json.WriteString("machine", profile.Machine);
        if (profile.Device != DeviceName.Cpu)
        {
            json.WriteString("device", profile.Device.ToString());
        }

        json.WriteString("origin", profile.Origin);
        if (profile.Model is not null)
        {
            json.WriteString("model", profile.Model);
        }

        json.WriteString("energy", profile.Energy.ToString().ToLowerInvariant());
        WriteOptional(json, "rest_power_mw", profile.RestPowerMw);
        WriteList(json, "knobs", profile.Knobs, knob =>
        {
            json.WriteString("id", knob.Id);
            json.WriteString("unit", knob.Unit);
        });
        WriteList(json, "stages", profile.Stages, stage =>
        {
            json.WriteString("name", stage.Name);
            json.WriteNumber("first_step", stage.FirstStep);
            json.WriteNumber("step_count", stage.StepCount);
        });
        WriteList(json, "variants", profile.Variants, variant =>
        {
            json.WriteString("name", variant.Name);
            json.WriteNumber("loss", variant.Loss);
            WriteNumbers(json, "stage_loss", variant.StageLoss);
        });
        WriteList(json, "settings", profile.Settings, setting =>
        {
            WriteNumbers(json, "values", setting.Values);
            WriteOptional(json, "idle_power_mw", setting.IdlePowerMw);
            WriteOptional(json, "contention", setting.Contention);
            WriteList(json, "variants", setting.Variants, times =>
            {
                WriteNumbers(json, "stage_us", times.StageUs);
                WriteNumbers(json, "stage_p95_us", times.StageP95Us);
                WriteNumbers(json, "stage_mj", times.StageMilliJoules);
            });
        });
        json.WriteEndObject();
    }

    private static void WriteList<T>(Utf8JsonWriter json, string name, ImmutableArray<T> list, Action<T> write)
    {
        json.WriteStartArray(name);
        foreach (T each in list)
        {
            json.WriteStartObject();
            write(each);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, ImmutableArray<double> numbers)
    {
        if (numbers.IsEmpty)
        {
            return;
        }

        // One line per list: an indented list of two hundred numbers is two hundred lines.
        json.WritePropertyName(name);
        json.WriteRawValue($"[{string.Join(", ", numbers.Select(number => number.ToString("R")))}]");
    }

    private static void WriteOptional(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
    }
}
