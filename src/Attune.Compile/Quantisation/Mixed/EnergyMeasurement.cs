using Attune.Devices.Meters;
using Attune.Kernels;
using Attune.Runtime;

namespace Attune.Compile.Quantisation.Mixed;

/// <summary>Measures what an inference takes, where the machine can tell. Stateless.</summary>
internal static class EnergyMeasurement
{
    // Some hundred updates of the counter, and of a board's sensor.
    private const double MinMs = 1000;
    private const int MaxRuns = 100_000;

    // What a device beside the processor takes says nothing here.
    private static readonly string[] Meters = ["rapl", "hwmon"];

    /// <summary>Energy of an inference of three models; null where there is no meter, or one that does not move.</summary>
    /// <param name="models">The models: in floats, on bytes, and as chosen.</param>
    /// <param name="sample">Their inputs.</param>
    /// <param name="milliseconds">About what an inference takes at most.</param>
    /// <param name="clock">Time.</param>
    /// <param name="root">Where the system's files are.</param>
    public static EnergyFigures? Of(
        IReadOnlyList<CompiledModel> models, IReadOnlyDictionary<string, Tensor> sample, double milliseconds, TimeProvider clock, string root = "/")
    {
        using IEnergyMeter? meter = Meters.Select(name => EnergyMeters.Open(name, clock, root)).FirstOrDefault(opened => opened.Succeeded)?.Value;
        if (meter is null)
        {
            return null;
        }

        int runs = (int)Math.Clamp(MinMs / milliseconds, 1, MaxRuns);
        double?[] joules = [.. models.Select(model =>
        {
            Dictionary<string, Tensor> inputs = LayerTiming.Needed(model, sample);
            return EnergyPerRun.Joules(meter, () => model.Run(inputs), runs);
        })];
        return joules is [{ } floats, { } bytes, { } chosen] ? new EnergyFigures(meter.Name, floats * 1000, bytes * 1000, chosen * 1000) : null;
    }
}
