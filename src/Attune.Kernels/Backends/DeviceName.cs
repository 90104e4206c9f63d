using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Attune.Kernels.Targets;

namespace Attune.Kernels.Backends;

/// <summary>
/// A device as users name it: its kind, and which of that kind where there may be several. The processors of a machine are one device, "cpu".
/// </summary>
public sealed record DeviceName : IParsable<DeviceName>
{
    private const char Separator = ':';

    private DeviceName(TargetKind kind, int number = 0) => (Kind, Number) = (kind, number);

    /// <summary>How devices are called, for messages.</summary>
    public static string Forms => string.Join(", ", Enum.GetValues<TargetKind>().Select(kind => kind == TargetKind.Cpu ? NameOf(kind) : $"{NameOf(kind)}:0"));

    /// <summary>The processors of this machine.</summary>
    public static DeviceName Cpu { get; } = new(TargetKind.Cpu);

    /// <summary>Kind of device.</summary>
    public TargetKind Kind { get; }

    /// <summary>Which of its kind, from 0; 0 for the processors, which are one device.</summary>
    public int Number { get; }

    /// <summary>A device of an OpenCL driver.</summary>
    /// <param name="number">Its number in <see cref="Attune.Devices.OpenCl.OpenClDevices.List"/>, at least 0.</param>
    public static DeviceName OpenCl(int number) => Of(TargetKind.OpenCl, number);

    /// <summary>A device of some kind.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="number">Which of them, from 0; 0 for processors.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is below 0, or not 0 for processors.</exception>
    public static DeviceName Of(TargetKind kind, int number)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(number, kind == TargetKind.Cpu ? 0 : int.MaxValue);
        return new DeviceName(kind, number);
    }

    /// <summary>A device of NVIDIA's driver.</summary>
    /// <param name="number">Its number, at least 0, in the driver's order.</param>
    public static DeviceName Cuda(int number) => Of(TargetKind.Cuda, number);

    /// <summary>Name of a kind, as device names, records and tuned models spell it.</summary>
    /// <param name="kind">The kind.</param>
    public static string NameOf(TargetKind kind) => kind.ToString().ToLowerInvariant();

    /// <summary>The kind with a name; null when there is none.</summary>
    /// <param name="name">For example "cpu".</param>
    public static TargetKind? FindKind(string name)
    {
        foreach (TargetKind kind in Enum.GetValues<TargetKind>())
        {
            if (NameOf(kind) == name)
            {
                return kind;
            }
        }

        return null;
    }

    /// <summary>Reads a name.</summary>
    /// <param name="s">For example "cpu" or "opencl:0".</param>
    /// <param name="provider">Not used.</param>
    /// <exception cref="FormatException">It is no device's name.</exception>
    public static DeviceName Parse(string s, IFormatProvider? provider = null) =>
        TryParse(s, provider, out DeviceName? result) ? result : throw new FormatException($"'{s}' is no device; devices are called {Forms}.");

    /// <summary>Reads a name; false when it is none.</summary>
    /// <param name="s">For example "cpu".</param>
    /// <param name="provider">Not used.</param>
    /// <param name="result">The device.</param>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, [NotNullWhen(true)] out DeviceName? result)
    {
        result = null;
        string[] parts = s?.Split(Separator) ?? [];
        if (parts.Length is 1 or 2 && FindKind(parts[0]) is { } kind)
        {
            bool several = kind != TargetKind.Cpu;
            int number = 0;
            bool numbered = parts.Length == 2 && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out number);
            result = several == numbered && several == (parts.Length == 2) ? new DeviceName(kind, number) : null;
        }

        return result is not null;
    }

    /// <summary>The name.</summary>
    public override string ToString() =>
        Kind == TargetKind.Cpu ? NameOf(Kind) : string.Create(CultureInfo.InvariantCulture, $"{NameOf(Kind)}{Separator}{Number}");
}
