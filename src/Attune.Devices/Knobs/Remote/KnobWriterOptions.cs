using System.Collections.Immutable;

namespace Attune.Devices.Knobs.Remote;

/// <summary>How a knob writer serves.</summary>
internal sealed record KnobWriterOptions
{
    /// <summary>Path of its socket.</summary>
    public required string SocketPath { get; init; }

    /// <summary>Numbers of the users who may connect.</summary>
    public required ImmutableArray<uint> Users { get; init; }

    /// <summary>How knobs are turned and put back; nobody else turns them while the writer serves.</summary>
    public required KnobSessionOptions Session { get; init; }

    /// <summary>Told who came, went and was refused. Called on any thread; null for nobody.</summary>
    public Action<string>? Notify { get; init; }
}
