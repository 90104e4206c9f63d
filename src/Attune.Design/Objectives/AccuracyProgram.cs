using System.Collections.Immutable;
using System.Text.Json;
using Attune.Design.Spaces;
using Attune.Design.Store;
using Attune.Design.Units;
using Attune.Devices;
using Attune.Graph;
using Attune.Measuring.Programs;

namespace Attune.Design.Objectives;

/// <summary>
/// Accuracies from a program of the user: it gets the path of a design's JSON ({design}) and, if it asks, of its ONNX file ({model}), and prints {"accuracy":
/// 71.3, "std": 0.2} as its last line. Every answer is kept in the store, so a design is asked for once; failures are asked again by the next command. A
/// program that hangs is ended.
/// </summary>
/// <param name="command">Program and arguments.</param>
/// <param name="limit">Time for one answer.</param>
/// <param name="networks">Makes ONNX files where the program wants one.</param>
/// <param name="store">Keeps answers.</param>
/// <param name="folder">Where files for the program are written.</param>
/// <param name="clock">Time.</param>
public sealed class AccuracyProgram(
    ImmutableArray<string> command, TimeSpan limit, DesignNetworks networks, DesignStore store, string folder, TimeProvider clock) : IAccuracy
{
    private const string DesignPlace = "{design}";
    private const string ModelPlace = "{model}";

    /// <inheritdoc/>
    public string Name { get; } = $"program {string.Join(' ', command)}";

    /// <inheritdoc/>
    public bool IsRankOnly => false;

    /// <inheritdoc/>
    public bool IsFast => false;

    /// <inheritdoc/>
    public async Task<Result<KnownAccuracy, string>> AskAsync(SpacePoint point, CancellationToken cancellation)
    {
        string id = networks.Space.IdOf(point);
        if (store.Accuracy(Name, id) is { Value: { } known } kept)
        {
            return new KnownAccuracy(known, kept.Deviation);
        }

        Result<KnownAccuracy, string> answer = await RunAsync(point, id, cancellation);
        store.Add(networks.Space, point);
        store.Add(new AccuracyEntry
        {
            Time = clock.GetUtcNow(),
            Design = id,
            Source = Name,
            Value = answer.Value?.Value,
            Deviation = answer.Value?.Deviation,
            Message = answer.Error,
        });
        return answer;
    }

    /// <summary>Reads what a program printed: the last line that is not empty must be a JSON object with a finite "accuracy".</summary>
    internal static Result<KnownAccuracy, string> Parse(string output)
    {
        string last = output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault() ?? string.Empty;
        string shown = last.Length > 80 ? last[..80] + "..." : last;
        try
        {
            using var document = JsonDocument.Parse(last.Length > 0 ? last : "null");
            JsonElement root = document.RootElement;
            if (root.ValueKind == JsonValueKind.Object
                && root.TryGetProperty("accuracy", out JsonElement accuracy)
                && accuracy.ValueKind == JsonValueKind.Number
                && double.IsFinite(accuracy.GetDouble()))
            {
                bool spread = root.TryGetProperty("std", out JsonElement std) && std.ValueKind == JsonValueKind.Number && std.GetDouble() >= 0;
                return new KnownAccuracy(accuracy.GetDouble(), spread ? std.GetDouble() : null);
            }
        }
        catch (JsonException)
        {
            return $"the program's last line is no JSON: '{shown}'";
        }

        return last.Length == 0 ? "the program printed nothing" : $"the program's last line has no number 'accuracy': '{shown}'";
    }

    private async Task<Result<KnownAccuracy, string>> RunAsync(SpacePoint point, string id, CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        string design = DesignFile.Write(folder, networks.Space, point);
        string model = Path.Combine(folder, $"{id}.onnx");
        if (command.Any(word => word.Contains(ModelPlace, StringComparison.Ordinal)) && !File.Exists(model))
        {
            Result<BuiltDesign, string> built = await networks.BuildAsync(point, 1, cancellation);
            if (!built.Succeeded)
            {
                return built.Error;
            }

            OnnxWriter.Write(built.Value.Source, model);
        }

        ProgramRun run = await UserProgram.RunAsync(
            [.. command.Select(word => word.Replace(DesignPlace, design).Replace(ModelPlace, model))], limit, clock, cancellation);
        return run.Problem is { } problem ? problem : Parse(run.Output);
    }
}
