using Attune.Experiments.Setup;
using Attune.Kernels.Spaces;
using Attune.Measuring;
using Attune.Records;
using Attune.Tuning.Recorded;
using Attune.Tuning.Run;

namespace Attune.Experiments.Tests;

/// <summary>A task whose time is a bowl over two knobs; points with x = 8 crash.</summary>
internal static class Bowl
{
    public static ExperimentTask Task(string group = "net", string key = "bowl", int side = 12, double flops = 1e6) =>
        new(group, new TuningTask(key, key, SpaceOf(side), 0, 1, flops));

    public static Space SpaceOf(int side) => new([Knob.Scale("x", [.. Enumerable.Range(1, side)]), Knob.Scale("y", [.. Enumerable.Range(1, side)])]);

    public static MeasureResult Measure(Space space, long index)
    {
        int x = space[index].Value("x");
        int y = space[index].Value("y");
        double ms = 1 + (((x - 5) * (x - 5)) / 10.0) + (((y - 3) * (y - 3)) / 20.0);
        return x == 8 ? MeasureResult.Failed(Outcome.Crash, "exit code 139") : new MeasureResult(Outcome.Ok, [ms], ms, 2, 0, null);
    }

    /// <summary>The bowl as a table that a recorded device reads.</summary>
    public static string Csv(int side = 12)
    {
        Space space = SpaceOf(side);
        var lines = new List<string> { "x,y,status,time_ms,time_sd_ms,compile_ms,benchmark_ms" };
        for (long index = 0; index < space.Count; index++)
        {
            MeasureResult result = Measure(space, index);
            bool ok = result.Outcome == Outcome.Ok;
            lines.Add(string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"{space[index].Label("x")},{space[index].Label("y")},{(ok ? "ok" : "run_error")},{(ok ? result.MedianMs : 0):R},0,10,30"));
        }

        return string.Join('\n', lines) + "\n";
    }

    public static RecordedDevice Device(string name = "bowl", int side = 12) => RecordedDevice.Read(name, new StringReader(Csv(side)));
}
