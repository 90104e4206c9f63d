using System.Diagnostics.CodeAnalysis;
using Attune.Kernels.Targets;

namespace Attune.Kernels.Backends;

/// <summary>
/// A device as users name it: its kind, and which of that kind where there may be several. The processors of a machine are one device, "cpu".
/// </summary>
public sealed record DeviceName : IParsable<DeviceName>
{
    private DeviceName(TargetKind kind) => Kind = kind;

    /// <summary>The processors of this machine.</summary>
    public static DeviceName Cpu { get; } = new(TargetKind.Cpu);

    /// <summary>Kind of device.</summary>
    public TargetKind Kind { get; }

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
    /// <param name="s">For example "cpu".</param>
    /// <param name="provider">Not used.</param>
    /// <exception cref="FormatException">It is no device's name.</exception>
    public static DeviceName Parse(string s, IFormatProvider? provider = null) =>
        TryParse(s, provider, out DeviceName? result) ? result : throw new FormatException($"'{s}' is no device; there is: {Cpu}.");

    /// <summary>Reads a name; false when it is none.</summary>
    /// <param name="s">For example "cpu".</param>
    /// <param name="provider">Not used.</param>
    /// <param name="result">The device.</param>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, [NotNullWhen(true)] out DeviceName? result)
    {
        result = s is not null && FindKind(s) is { } kind ? new DeviceName(kind) : null;
        return result is not null;
    }

    /// <summary>The name.</summary>
    public override string ToString() => NameOf(Kind);
}
