using Attune.Devices.Memory;
using Attune.Kernels;
using Attune.Runtime.Plan;

namespace Attune.Runtime.Execution;

/// <summary>The memory of one inference: arena, workspaces, argument tables and managed values. Reused from run to run; one run at a time.</summary>
internal sealed unsafe class RunContext : IDisposable
{
    private readonly AlignedFloats arena;
    private readonly AlignedFloats arguments;
    private readonly AlignedFloats shared;
    private readonly AlignedFloats[] scratch;

    /// <summary>Takes the memory.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="workspace">What kernels need besides the arena.</param>
    /// <param name="members">Members of the team.</param>
    /// <param name="zeroed">False where nothing but outputs lies here: memory that nobody touches costs nothing.</param>
    public RunContext(ExecutionPlan plan, Workspace workspace, int members, bool zeroed = true)
    {
        Members = members;
        arena = new AlignedFloats(plan.ArenaFloats, zeroed);
        arguments = new AlignedFloats(2L * workspace.Slots);
        shared = new AlignedFloats(workspace.SharedFloats);
        scratch = [.. Enumerable.Range(0, members).Select(_ => new AlignedFloats(workspace.ScratchFloats))];
        Managed = new Tensor?[plan.Storages.Length];
        External = new nint[plan.Storages.Length];
    }

    public int Members { get; }

    /// <summary>Managed values, by storage id.</summary>
    public Tensor?[] Managed { get; }

    /// <summary>Addresses of the caller's inputs during a run, by storage id.</summary>
    public nint[] External { get; }

    /// <summary>Argument tables of all kernels.</summary>
    public float** Arguments => (float**)arguments.Address;

    /// <summary>Workspace that the members share within a step.</summary>
    public float* Shared => shared.Address;

    /// <summary>Scratch of one member.</summary>
    public float* ScratchOf(int member) => scratch[member].Address;

    /// <summary>Start of the memory of a storage's root.</summary>
    public float* AddressOf(Storage storage) =>
        storage.Kind == StorageKind.External ? (float*)External[storage.Id] : arena.Address + storage.Root.Offset;

    public void Dispose()
    {
        arena.Dispose();
        arguments.Dispose();
        shared.Dispose();
        Array.ForEach(scratch, buffer => buffer.Dispose());
    }
}

/// <summary>What a context must have room for.</summary>
/// <param name="Slots">Slots of all argument tables.</param>
/// <param name="SharedFloats">Largest shared workspace of a step.</param>
/// <param name="ScratchFloats">Largest scratch of a member.</param>
internal readonly record struct Workspace(int Slots, long SharedFloats, long ScratchFloats);
