using System.Globalization;
using System.Text.Json;
using Attune.Runtime;

namespace Attune.Compile.Diagnostics;

/// <summary>
/// A recording as trace events ("Trace Event Format", Google, 2016), which Perfetto and chrome://tracing show: one track per thread; on it every run, in it
/// every step, in that the thread's own share and its waits for the others. Complete events ("X"), times in microseconds, parents before their children.
/// </summary>
/// <param name="model">Name of the model.</param>
/// <param name="profile">Its profile.</param>
/// <param name="recording">The recording that the profile was made from.</param>
public sealed class ChromeTrace(string model, ModelProfile profile, RunRecording recording)
{
    private const int ProcessId = 1;

    /// <summary>Writes the last runs.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="runs">How many of the recorded runs at most.</param>
    public void Write(Stream stream, int runs)
    {
        int first = Math.Max(0, recording.Runs - runs);
        long origin = recording.Run(first).Begin;
        using var json = new Utf8JsonWriter(stream);
        json.WriteStartObject();
        json.WriteString("displayTimeUnit", "ms");
        WriteConditions(json);
        json.WriteStartArray("traceEvents");
        Name(json, "process_name", 0, model);
        for (int member = 0; member < recording.Members; member++)
        {
            Name(json, "thread_name", member, member == 0 ? "thread 0 (caller)" : $"thread {member}");
        }

        for (int member = 0; member < recording.Members; member++)
        {
            for (int run = first; run < recording.Runs; run++)
            {
                WriteRun(json, member, run, origin);
            }
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private void WriteConditions(Utf8JsonWriter json)
    {
        json.WriteStartObject("otherData");
        json.WriteString("model", model);
        json.WriteNumber("threads", recording.Members);
        json.WriteNumber("peak_flops", profile.Speed.PeakFlops);
        json.WriteNumber("bytes_per_second", profile.Speed.BytesPerSecond);
        json.WriteEndObject();
    }

    private void WriteRun(Utf8JsonWriter json, int member, int run, long origin)
    {
        int last = recording.Phases.Length - 1;
        while (last >= 0 && recording.Phases[last] == 0)
        {
            last--;
        }

        if (last < 0)
        {
            return;
        }

        // The caller's track shows the whole call; another thread is part of it from its first step on.
        (long begin, long end) = recording.Run(run);
        int firstStep = Enumerable.Range(0, last + 1).First(step => recording.Phases[step] > 0);
        long from = member == 0 ? begin : recording.Phase(run, member, firstStep, 0).Begin;
        long to = member == 0 ? end : recording.Phase(run, member, last, recording.Phases[last] - 1).Met;
        Slice(json, $"run {run + 1}", "run", member, from - origin, to - origin, null);
        foreach (LayerProfile layer in profile.Layers.Where(layer => recording.Phases[layer.Index] > 0))
        {
            WriteStep(json, member, run, layer, origin);
        }
    }

    private void WriteStep(Utf8JsonWriter json, int member, int run, LayerProfile layer, long origin)
    {
        int phases = recording.Phases[layer.Index];
        long begin = recording.Phase(run, member, layer.Index, 0).Begin;
        long end = recording.Phase(run, member, layer.Index, phases - 1).Met;
        Slice(json, layer.Layer, "step", member, begin - origin, end - origin, () => WriteArguments(json, layer, end - begin));
        for (int phase = 0; phase < phases; phase++)
        {
            PhaseTimes times = recording.Phase(run, member, layer.Index, phase);
            Slice(json, phases == 1 ? "work" : $"work {phase + 1} of {phases}", "work", member, times.Begin - origin, times.Worked - origin, null);
            if (recording.Members > 1)
            {
                Slice(json, "wait", "wait", member, times.Worked - origin, times.Met - origin, null);
            }
        }
    }

    private static void WriteArguments(Utf8JsonWriter json, LayerProfile layer, long nanoseconds)
    {
        json.WriteString("layer", layer.Layer);
        json.WriteString("what", layer.Title);
        if (layer.Algorithm is { } algorithm)
        {
            json.WriteString("algorithm", algorithm);
            json.WriteNumber("gflops", nanoseconds > 0 ? Math.Round((double)layer.Flops / nanoseconds, 2) : 0);
            json.WriteNumber("executed_gflops", nanoseconds > 0 ? Math.Round((double)layer.ExecutedFlops / nanoseconds, 2) : 0);
        }

        json.WriteNumber("gbs", nanoseconds > 0 ? Math.Round((double)layer.Bytes / nanoseconds, 2) : 0);
        if (layer.Configuration is { } configuration)
        {
            json.WriteString("configuration", configuration);
        }
    }

    private static void Slice(Utf8JsonWriter json, string name, string category, int member, long begin, long end, Action? arguments)
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteString("cat", category);
        json.WriteString("ph", "X");
        Microseconds(json, "ts", begin);
        Microseconds(json, "dur", end - begin);
        json.WriteNumber("pid", ProcessId);
        json.WriteNumber("tid", member);
        if (arguments is not null)
        {
            json.WriteStartObject("args");
            arguments();
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void Name(Utf8JsonWriter json, string what, int member, string name)
    {
        json.WriteStartObject();
        json.WriteString("name", what);
        json.WriteString("ph", "M");
        json.WriteNumber("pid", ProcessId);
        json.WriteNumber("tid", member);
        json.WriteStartObject("args");
        json.WriteString("name", name);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    // Nanoseconds as decimal microseconds, exactly, so that children never stick out of their parents.
    private static void Microseconds(Utf8JsonWriter json, string name, long nanoseconds)
    {
        json.WritePropertyName(name);
        json.WriteRawValue((nanoseconds / 1000m).ToString("0.###", CultureInfo.InvariantCulture), skipInputValidation: true);
    }
}
