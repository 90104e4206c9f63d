using System.Collections.Immutable;
using System.Globalization;
using Attune.Devices;
using Attune.Devices.Cpu;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;

namespace Attune.Design.Local;

/// <summary>
/// A way of running models on this machine. Threads, vector width, batch, and kernels tuned or not make distinct devices: rank correlations between them are
/// measured, not assumed to be one.
/// </summary>
/// <param name="Threads">Threads of an inference, at least 1.</param>
/// <param name="Lanes">Floats per vector: 4, 8 or 16.</param>
/// <param name="Batch">Images per inference, at least 1.</param>
/// <param name="Tuned">True when kernels run the best configurations of the tuning records, false for the defaults.</param>
public sealed record LocalDevice(int Threads, int Lanes, int Batch, bool Tuned)
{
    /// <summary>What texts begin with that mean this machine.</summary>
    public const string Prefix = "local";

    private const string Form = "Write local, or local:threads=1,lanes=8,batch=4,tuned with any of those parts.";
    private static readonly ImmutableArray<int> Widths = [4, 8, 16];

    /// <summary>This machine as it is: all processors, the widest vectors, one image, default kernels.</summary>
    public static LocalDevice Usual => new(UsableProcessors.Count, HostTarget.Widest.Lanes, 1, Tuned: false);

    /// <summary>Reads "local" or "local:threads=1,lanes=8,batch=4,tuned"; null and the reason when the text is none or this machine cannot do that.</summary>
    /// <param name="text">The text.</param>
    /// <param name="problem">What is wrong, and what would be right.</param>
    public static LocalDevice? Parse(string text, out string? problem)
    {
        string[] halves = text.Split(':', 2);
        LocalDevice device = Usual;
        problem = halves[0] == Prefix ? null : $"'{text}' is no device of this machine. {Form}";
        foreach (string part in problem is null && halves.Length == 2 ? halves[1].Split(',', StringSplitOptions.TrimEntries) : [])
        {
            string[] pair = part.Split('=', 2);
            bool number = pair.Length == 2 && int.TryParse(pair[1], NumberStyles.None, CultureInfo.InvariantCulture, out int parsed) && parsed >= 1;
            int value = number ? int.Parse(pair[1], CultureInfo.InvariantCulture) : 0;
            (device, problem) = pair[0] switch
            {
                "threads" when number && value <= Environment.ProcessorCount => (device with { Threads = value }, null),
                "threads" => (device, $"'{part}' does not name 1 to {Environment.ProcessorCount} threads, the processors of this process."),
                "lanes" when number && Widths.Contains(value) && value <= HostTarget.Widest.Lanes => (device with { Lanes = value }, null),
                "lanes" =>
                    (device, $"'{part}' does not name a vector width of this machine: "
                        + $"{string.Join(", ", Widths.Where(width => width <= HostTarget.Widest.Lanes))}."),
                "batch" when number && value <= 1024 => (device with { Batch = value }, null),
                "batch" => (device, $"'{part}' does not name a batch of 1 to 1024."),
                "tuned" when pair.Length == 1 => (device with { Tuned = true }, null),
                "untuned" when pair.Length == 1 => (device with { Tuned = false }, null),
                _ => (device, $"'{part}' has no meaning in '{text}'. {Form}"),
            };
            if (problem is not null)
            {
                return null;
            }
        }

        return problem is null ? device : null;
    }

    /// <summary>The device's key in records.</summary>
    /// <param name="cpu">This machine.</param>
    public DeviceKey KeyOn(CpuDevice cpu) =>
        new(cpu.Fingerprint.Id, $"attune-k{KernelTemplates.Generation}-v{Lanes}", "fp32", Batch, Threads, "default", Tuned);

    /// <summary>The way of running that a key of this machine means; null for keys of other machines or other kernels.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cpu">This machine.</param>
    public static LocalDevice? Of(DeviceKey key, CpuDevice cpu)
    {
        int lanes = Widths.FirstOrDefault(width => key.Runtime == $"attune-k{KernelTemplates.Generation}-v{width}");
        return key.Hardware == cpu.Fingerprint.Id && lanes > 0 ? new LocalDevice(key.Threads, lanes, key.Batch, key.Tuned) : null;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Prefix}:threads={Threads},lanes={Lanes},batch={Batch},{(Tuned ? "tuned" : "untuned")}";
}
