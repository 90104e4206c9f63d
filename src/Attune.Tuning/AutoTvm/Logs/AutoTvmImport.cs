using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Attune.Devices;
using Attune.Kernels.Templates;
using Attune.Numerics;
using Attune.Records;
using Attune.Records.AutoTvm;

namespace Attune.Tuning.AutoTvm.Logs;

/// <summary>
/// Lines of AutoTVM's logs as records of ours. A line whose space a template here has becomes a point of that template; any other whose workload is understood
/// is history of its task under the names of its own knobs. The line itself is kept, so that writing the log again gives it back byte for byte. A line always
/// becomes the same record, whatever file it stands in, so that merging drops second copies.
/// </summary>
internal static class AutoTvmImport
{
    private const string Tuner = "autotvm";
    private const int SessionDigits = 16;
    private const string Processor = "cpu";
    private const string Targets = "cuda, opencl, metal, rocm, vulkan, llvm, c";

    private static readonly string[] Errors =
    [
        "none", "the schedule could not be made", "it did not compile on the host", "it did not compile for the device", "it failed while running",
        "its result was wrong", "building took too long", "running took too long", "unknown",
    ];

    /// <summary>The record of a line; why there is none, without a full stop, when its workload is none of ours.</summary>
    /// <param name="line">The line.</param>
    /// <param name="tasks">Makes and keeps the tasks of a log's lines.</param>
    public static Result<TuningRecord, string> Of(AutoTvmRecord line, AutoTvmTasks tasks)
    {
        if (line.Error == 0 && line.TimeMs is null)
        {
            return "lines that say they worked and have no time";
        }

        if (KindOf(line.Target) is not { } kind)
        {
            return $"lines for the target '{Shown(line.Target.Split(' ')[0])}'; known are {Targets}";
        }

        string template = AutoTvmTask.NameOf(line);
        if (OtherNumbers(line) is { } type)
        {
            return $"lines of '{Shown(template)}' with numbers of type {Shown(type)}; tasks here have float32";
        }

        Result<AutoTvmTask, string> found = tasks.Of(line);
        if (found.Succeeded && found.Value.Workload is not null)
        {
            AutoTvmTask task = found.Value;
            IReadOnlyDictionary<string, string>? knobs = task.Find(line) is { } point ? AutoTvmTemplates.KnobsOf(task, point) : null;
            return Record(line, kind, template, task.Workload, knobs ?? OwnKnobs(line));
        }

        Result<ConvolutionWorkload, string> workload = WorkloadOf(template, line);
        return workload.Succeeded ? Record(line, kind, template, workload.Value, OwnKnobs(line)) : workload.Error;
    }

    /// <summary>True when a record is a point of a template here, not history alone.</summary>
    /// <param name="record">A record that <see cref="Of"/> made.</param>
    public static bool IsPoint(TuningRecord record) =>
        record.Knobs.TryGetValue(TemplateRegistry.Chooser, out string? name) && TemplateRegistry.Named(name) is not null;

    // What a target of TVM's runs on. Metal, ROCm and Vulkan devices are not tuned for here; their configurations are starts for those that are.
    private static string? KindOf(string target) => target.Split(' ')[0] switch
    {
        ("cuda" or "opencl" or "metal" or "rocm" or "vulkan") and var gpu => gpu,
        "llvm" or "c" => Processor,
        _ => null,
    };

    private static string? OtherNumbers(AutoTvmRecord line)
    {
        using var arguments = JsonDocument.Parse(line.Arguments);
        return arguments.RootElement.ValueKind == JsonValueKind.Array ? AutoTvmArguments.OtherNumbers(arguments.RootElement) : null;
    }

    // Foreign templates: what they compute is known by their names, how is not.
    private static Result<ConvolutionWorkload, string> WorkloadOf(string template, AutoTvmRecord line)
    {
        string name = template.ToLowerInvariant();
        bool isDepthwise = name.StartsWith("depthwise_conv2d_nchw", StringComparison.Ordinal);
        bool isDense = name.StartsWith("dense", StringComparison.Ordinal);
        if (!isDepthwise && !isDense && !name.StartsWith("conv2d_nchw", StringComparison.Ordinal))
        {
            return $"lines of '{Shown(template)}', which computes no task of ours";
        }

        try
        {
            using var arguments = JsonDocument.Parse(line.Arguments);
            return isDense ? AutoTvmArguments.Product(arguments.RootElement) : AutoTvmArguments.Convolution(arguments.RootElement, isDepthwise);
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException or IndexOutOfRangeException)
        {
            return $"lines of '{Shown(template)}' whose arguments are not understood: {e.Message.TrimEnd('.')}";
        }
    }

    private static TuningRecord Record(
        AutoTvmRecord line, string kind, string template, ConvolutionWorkload workload, IReadOnlyDictionary<string, string> knobs)
    {
        bool isTimed = line.Error == 0;
        ImmutableArray<double> times = isTimed ? [.. line.CostsSeconds.Select(seconds => seconds * 1000)] : [];
        return new TuningRecord
        {
            Task = workload.Key,
            Knobs = knobs,
            Index = line.Index,
            Template = $"{template}/0",
            Outcome = line.Outcome,
            TimesMs = times,
            MedianMs = isTimed ? Quantiles.Median(times) : null,
            Message = isTimed ? null : $"AutoTVM's error {line.Error}: {Errors[line.Error]}.",
            ElapsedMs = line.AllSeconds * 1000,
            Threads = kind == Processor ? 0 : 1,
            Device = line.Target,
            DeviceKind = kind,
            Tuner = Tuner,
            Seed = 0,
            Session = $"{Tuner}-{Digest(line)}",
            Sequence = 0,
            Time = DateTimeOffset.UnixEpoch + TimeSpan.FromSeconds(line.Timestamp),
            Origin = line.Line,
        };
    }

    private static Dictionary<string, string> OwnKnobs(AutoTvmRecord line)
    {
        var knobs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (AutoTvmEntity entity in line.Entities)
        {
            knobs[entity.Name] = entity.Value;
        }

        return knobs;
    }

    private static string Digest(AutoTvmRecord line) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(line.Line ?? string.Empty)))[..SessionDigits];

    private static string Shown(string template) => template.Length <= 60 ? template : $"{template[..60]}...";
}
