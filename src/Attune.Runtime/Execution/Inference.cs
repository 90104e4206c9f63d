using Attune.Devices;

namespace Attune.Runtime.Execution;

/// <summary>One context and what runs all steps on it. Used by one run at a time, from run to run.</summary>
/// <param name="context">Memory of the inference; owned.</param>
internal abstract class Inference(RunContext context) : IDisposable
{
    /// <summary>Its memory.</summary>
    public RunContext Context => context;

    /// <summary>When set, receives the times of each step.</summary>
    public RunRecording? Recording { get; set; }

    /// <summary>Runs on what is free of a team's processors, or on the device that the steps were compiled for.</summary>
    /// <param name="team">A team of as many members as the context has.</param>
    public abstract void Run(ThreadTeam team);

    /// <summary>Runs on all members of a team and stays with them; waits until the team, or the device, is free.</summary>
    /// <param name="team">A team of as many members as the context has.</param>
    public abstract void RunShared(ThreadTeam team);

    /// <inheritdoc/>
    public void Dispose() => context.Dispose();
}
