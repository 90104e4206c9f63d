using System.Collections.Immutable;
using System.Text.Json;
using Attune.Records;

namespace Attune.Tuning.Recorded.Formats;

/// <summary>
/// Kernel Tuner's files: its cache (an object of configurations under "cache", possibly without the closing braces of a run that did not end) and the T4
/// results format of the auto-tuning community (an array "results"). Times are milliseconds unless a T4 measurement says otherwise.
/// </summary>
internal static class KernelTunerRecording
{
    public static RecordedTable Read(string name, TextReader reader)
    {
        string text = reader.ReadToEnd();
        using JsonDocument document = Parse(text, name);
        JsonElement root = document.RootElement;
        try
        {
            if (root.ValueKind == JsonValueKind.Object && root.TryGetProperty("cache", out JsonElement cache))
            {
                return FromCache(name, root, cache);
            }

            if (root.ValueKind == JsonValueKind.Object && root.TryGetProperty("results", out JsonElement results))
            {
                return FromResults(name, results);
            }
        }
        catch (Exception exception) when (exception is InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new RecordedDeviceException(
                RecordedFailure.Malformed,
                name,
                null,
                $"a part is not what the format asks for ({exception.Message.TrimEnd('.')})",
                "Write the file again with Kernel Tuner.",
                exception);
        }

        throw new RecordedDeviceException(
            RecordedFailure.Malformed,
            name,
            null,
            "the JSON has neither 'cache' (Kernel Tuner) nor 'results' (T4)",
            "Name a Kernel Tuner cache or a T4 results file.");
    }

    private static JsonDocument Parse(string text, string name)
    {
        try
        {
            return JsonDocument.Parse(text);
        }
        catch (JsonException exception)
        {
            try
            {
                // A cache is appended to while tuning; its writer adds the ends when it is done.
                return JsonDocument.Parse(text.AsMemory().TrimEnd().TrimEnd(',').ToString() + "}}");
            }
            catch (JsonException)
            {
                throw new RecordedDeviceException(
                    RecordedFailure.Malformed, name, exception.LineNumber + 1, "it is no complete JSON", "Check that the file was copied whole.", exception);
            }
        }
    }

    private static RecordedTable FromCache(string name, JsonElement root, JsonElement cache)
    {
        ImmutableArray<string> knobs = root.TryGetProperty("tune_params_keys", out JsonElement keys)
            ? [.. keys.EnumerateArray().Select(key => key.GetString() ?? string.Empty)]
            : throw new KeyNotFoundException("there is no 'tune_params_keys'");
        string objective = root.TryGetProperty("objective", out JsonElement named) && named.ValueKind == JsonValueKind.String ? named.GetString()! : "time";
        RecordedTable table = Table(name, knobs);
        foreach (JsonProperty entry in cache.EnumerateObject())
        {
            JsonElement row = entry.Value;
            if (!row.TryGetProperty(objective, out JsonElement measured))
            {
                measured = row.GetProperty("time");
            }

            Outcome outcome = measured.ValueKind == JsonValueKind.String ? FailureOf(measured.GetString()!) : Outcome.Ok;
            double time = measured.ValueKind == JsonValueKind.Number ? measured.GetDouble() : 0;

            // Old releases wrote failures as a huge time.
            Add(table, new RecordedRow(
                [.. knobs.Select(knob => row.GetProperty(knob).ToString())], outcome, time < 1e20 ? time : 0, Deviation(row, "times"),
                Amount(row, "compile_time"), Amount(row, "benchmark_time"), []));
        }

        return table;
    }

    private static RecordedTable FromResults(string name, JsonElement results)
    {
        RecordedTable? table = null;
        foreach (JsonElement result in results.EnumerateArray())
        {
            JsonElement configuration = result.GetProperty("configuration");
            table ??= Table(name, [.. configuration.EnumerateObject().Select(knob => knob.Name)]);
            Outcome outcome = FailureOf(result.TryGetProperty("invalidity", out JsonElement invalidity) ? invalidity.GetString() ?? string.Empty : "correct");
            JsonElement times = result.TryGetProperty("times", out JsonElement own) ? own : default;
            Add(table, new RecordedRow(
                [.. table.Knobs.Select(knob => configuration.GetProperty(knob).ToString())],
                outcome,
                outcome == Outcome.Ok ? Measured(result) : 0,
                Deviation(times, "runtimes"),
                Math.Max(Amount(times, "compilation"), Amount(times, "compilation_time")),
                Math.Max(Amount(times, "benchmark"), Amount(times, "benchmark_time")),
                []));
        }

        return table ?? throw new RecordedDeviceException(
            RecordedFailure.Empty, name, null, "it holds no configuration", "Record one first, or name another file.");
    }

    private static RecordedTable Table(string name, ImmutableArray<string> knobs) =>
        knobs.Length is >= 1 and <= RecordedLimits.Knobs && knobs.Distinct().Count() == knobs.Length
        ? new RecordedTable(name, knobs, RepeatRule.KeepFastest)
        : throw new RecordedDeviceException(
            RecordedFailure.Malformed,
            name,
            null,
            $"{knobs.Length} knobs; 1 to {RecordedLimits.Knobs} with different names are read",
            "Check the file's parameters.");

    // What breaks a constraint was never in the space.
    private static void Add(RecordedTable table, RecordedRow row)
    {
        if (row.Outcome == Outcome.Invalid)
        {
            table.CountRefused();
        }
        else
        {
            table.Add(row, null);
        }
    }

    private static Outcome FailureOf(string word) => word switch
    {
        "correct" => Outcome.Ok,
        "CompilationFailedConfig" or "compile" => Outcome.CompileError,
        "InvalidConfig" or "constraints" => Outcome.Invalid,
        "correctness" => Outcome.WrongResult,
        "timeout" => Outcome.TimeOut,
        _ => Outcome.Crash,
    };

    private static double Measured(JsonElement result)
    {
        string objective = result.TryGetProperty("objectives", out JsonElement objectives) && objectives.GetArrayLength() > 0
            ? objectives[0].GetString() ?? "time"
            : "time";
        foreach (JsonElement measurement in result.GetProperty("measurements").EnumerateArray())
        {
            if (measurement.GetProperty("name").GetString() == objective && measurement.GetProperty("value").ValueKind == JsonValueKind.Number)
            {
                string unit = measurement.TryGetProperty("unit", out JsonElement own) ? own.GetString() ?? string.Empty : string.Empty;
                return measurement.GetProperty("value").GetDouble() * MillisecondsIn(unit);
            }
        }

        return 0;
    }

    private static double MillisecondsIn(string unit) => unit switch
    {
        "s" or "seconds" => 1000,
        "us" or "microseconds" => 1e-3,
        "ns" or "nanoseconds" => 1e-6,
        _ => 1,
    };

    private static double Amount(JsonElement of, string property) =>
        of.ValueKind == JsonValueKind.Object && of.TryGetProperty(property, out JsonElement value) && value.ValueKind == JsonValueKind.Number && value
            .GetDouble() is > 0 and < 1e15 and var amount
            ? amount
            : 0;

    private static double Deviation(JsonElement of, string property)
    {
        if (of.ValueKind != JsonValueKind.Object || !of.TryGetProperty(property, out JsonElement list) || list.ValueKind != JsonValueKind.Array)
        {
            return 0;
        }

        double[] times = [.. list.EnumerateArray().Where(time => time.ValueKind == JsonValueKind.Number).Select(time => time.GetDouble())];
        if (times.Length < 2)
        {
            return 0;
        }

        double mean = times.Average();
        return Math.Sqrt(times.Sum(time => (time - mean) * (time - mean)) / (times.Length - 1));
    }
}
