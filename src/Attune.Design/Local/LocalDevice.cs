using System.Collections.Immutable;
using System.Globalization;
using Attune.Design.Flow;
using Attune.Devices;
using Attune.Devices.Cpu;
using Attune.Kernels.Backends;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;

namespace Attune.Design.Local;

/// <summary>
/// A way of running models on this machine. Device, threads, vector width, batch, and kernels tuned or not make distinct devices: rank correlations between
/// them are measured, not assumed to be one.
/// </summary>
/// <param name="Threads">Threads of an inference, at least 1; 1 on other devices than processors, which have none of their own.</param>
/// <param name="Lanes">Floats per vector: 4, 8 or 16 on processors; 1 on other devices.</param>
/// <param name="Batch">Images per inference, at least 1.</param>
/// <param name="Tuned">True when kernels run the best configurations of the tuning records, false for the defaults.</param>
public sealed record LocalDevice(int Threads, int Lanes, int Batch, bool Tuned)
{
    /// <summary>What texts begin with that mean this machine.</summary>
    public const string Prefix = "local";

    private const string DevicePart = "device=";
    private const int MaxBatch = 1024;
    private const string Form = "Write local, or local:threads=1,lanes=8,batch=4,tuned with any of those parts; local:device=opencl:0,batch=4,tuned for a "
        + "device of OpenCL or CUDA.";

    private static readonly ImmutableArray<int> Widths = [4, 8, 16];

    /// <summary>The processors as they are: all of them, the widest vectors, one image, default kernels.</summary>
    public static LocalDevice Usual => new(UsableProcessors.Count, HostTarget.Widest.Lanes, 1, Tuned: false);

    /// <summary>What the models run on. Default: the processors.</summary>
    public DeviceName Device { get; init; } = DeviceName.Cpu;

    /// <summary>True for the processors, where threads and vectors can be chosen.</summary>
    public bool IsProcessor => Device.Kind == TargetKind.Cpu;

    /// <summary>A device as it is: one image, default kernels.</summary>
    /// <param name="device">The device; it need not be there.</param>
    public static LocalDevice On(DeviceName device) => device.Kind == TargetKind.Cpu ? Usual : new(1, 1, 1, Tuned: false) { Device = device };

    /// <summary>
    /// Reads "local", "local:threads=1,lanes=8,batch=4,tuned" or "local:device=opencl:0,batch=4,tuned"; what is wrong, and what would be right, when the text
    /// is none or cannot be. Whether a device of OpenCL or CUDA is there, <see cref="Find"/> says.
    /// </summary>
    /// <param name="text">The text.</param>
    public static Result<LocalDevice, string> Parse(string text)
    {
        string[] halves = text.Split(':', 2);
        if (halves[0] != Prefix)
        {
            return $"'{text}' is no device of this machine. {Form}";
        }

        string[] parts = halves.Length == 2 ? halves[1].Split(',', StringSplitOptions.TrimEntries) : [];
        string named = parts.LastOrDefault(part => part.StartsWith(DevicePart, StringComparison.Ordinal))?[DevicePart.Length..] ?? $"{DeviceName.Cpu}";
        if (!DeviceName.TryParse(named, provider: null, out DeviceName? name))
        {
            return $"'{named}' is no device; devices are called {DeviceName.Forms}.";
        }

        Result<LocalDevice, string> device = On(name);
        foreach (string part in parts.Where(part => !part.StartsWith(DevicePart, StringComparison.Ordinal)))
        {
            device = device.Value!.With(part, text);
            if (!device.Succeeded)
            {
                break;
            }
        }

        return device;
    }

    /// <summary>What is known of the device without using it; why it cannot be used here otherwise.</summary>
    public Result<DeviceProfile, DesignError> Find()
    {
        Result<DeviceProfile, string> found = DeviceProfile.Find(Device);
        return found.Succeeded ? found.Value : new TargetMissing(this, found.Error);
    }

    /// <summary>As <see cref="Find"/>, but the device is opened for a moment, so that what its driver or its compiler lacks is known too.</summary>
    /// <param name="clock">Clock of devices that have none of their own.</param>
    public Result<DeviceProfile, DesignError> Try(TimeProvider clock)
    {
        Result<OpenedDevice, DesignError> opened = OpenedDevice.Open(this, clock);
        if (!opened.Succeeded)
        {
            return opened.Error;
        }

        using OpenedDevice device = opened.Value;
        return device.Profile;
    }

    /// <summary>The device's key in records: what the device is, not where it stands on this machine.</summary>
    /// <param name="profile">What <see cref="Find"/> gave.</param>
    public DeviceKey KeyOn(DeviceProfile profile) => new(
        profile.Id, $"{RuntimePrefix}{(IsProcessor ? $"v{Lanes}" : DeviceName.NameOf(Device.Kind))}", "fp32", Batch, Threads, "default", Tuned);

    /// <summary>
    /// The way of running that a key means, on the first device of this machine that it fits; null for keys of other machines, other devices or other kernels.
    /// </summary>
    /// <param name="key">The key.</param>
    public static LocalDevice? Of(DeviceKey key)
    {
        if (!key.Runtime.StartsWith(RuntimePrefix, StringComparison.Ordinal))
        {
            return null;
        }

        string how = key.Runtime[RuntimePrefix.Length..];
        if (DeviceName.FindKind(how) is { } kind)
        {
            return Here(kind).FirstOrDefault(profile => profile.Id == key.Hardware) is { } found
                ? On(found.Name) with { Batch = key.Batch, Tuned = key.Tuned }
                : null;
        }

        int lanes = Widths.FirstOrDefault(width => how == $"v{width}");
        return key.Hardware == DeviceProfile.Cpu.Id && lanes > 0 ? new LocalDevice(key.Threads, lanes, key.Batch, key.Tuned) : null;
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        string how = IsProcessor ? $"threads={Threads},lanes={Lanes}" : $"{DevicePart}{Device}";
        return $"{Prefix}:{how},batch={Batch},{(Tuned ? "tuned" : "untuned")}";
    }

    /// <summary>Devices of a kind that drivers of this machine list.</summary>
    /// <param name="kind">The kind.</param>
    public static IEnumerable<DeviceProfile> Here(TargetKind kind)
    {
        int last = kind == TargetKind.Cpu ? 0 : int.MaxValue;
        for (int number = 0; number <= last && DeviceProfile.Find(DeviceName.Of(kind, number)) is { Succeeded: true, Value: { } found }; number++)
        {
            yield return found;
        }
    }

    /// <summary>What kernels are generated for.</summary>
    /// <param name="profile">What <see cref="Find"/> gave.</param>
    internal KernelTarget TargetOn(DeviceProfile profile) => IsProcessor ? HostTarget.Of(Lanes) : profile.Target;

    /// <summary>What begins the runtime of keys of this version's kernels.</summary>
    private static string RuntimePrefix => $"attune-k{KernelTemplates.Generation}-";

    private Result<LocalDevice, string> With(string part, string text)
    {
        string[] pair = part.Split('=', 2);
        int value = pair.Length == 2 && int.TryParse(pair[1], NumberStyles.None, CultureInfo.InvariantCulture, out int parsed) ? parsed : 0;
        return pair[0] switch
        {
            "threads" or "lanes" when !IsProcessor =>
                $"'{part}' has no meaning on {Device}: threads and vector widths are those of processors. Leave it out; beside {DevicePart}{Device} "
                + "there may be batch=4 and tuned.",
            "threads" when value >= 1 && value <= Environment.ProcessorCount => this with { Threads = value },
            "threads" => $"'{part}' does not name 1 to {Environment.ProcessorCount} threads, the processors of this process.",
            "lanes" when Widths.Contains(value) && value <= HostTarget.Widest.Lanes => this with { Lanes = value },
            "lanes" => $"'{part}' does not name a vector width of this machine: "
                + $"{string.Join(", ", Widths.Where(width => width <= HostTarget.Widest.Lanes))}.",
            "batch" when value is >= 1 and <= MaxBatch => this with { Batch = value },
            "batch" => $"'{part}' does not name a batch of 1 to {MaxBatch}.",
            "tuned" when pair.Length == 1 => this with { Tuned = true },
            "untuned" when pair.Length == 1 => this with { Tuned = false },
            _ => $"'{part}' has no meaning in '{text}'. {Form}",
        };
    }
}
