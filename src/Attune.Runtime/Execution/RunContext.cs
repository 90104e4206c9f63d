using Attune.Kernels;
using Attune.Runtime.Plan;

namespace Attune.Runtime.Execution;

/// <summary>The memory of one inference: arena, argument tables and managed values. Reused from run to run; one run at a time.</summary>
internal sealed unsafe class RunContext : IDisposable
{
    private readonly NativeBuffer arena;
    private readonly NativeBuffer arguments;

    public RunContext(ExecutionPlan plan, int argumentSlots)
    {
        arena = new NativeBuffer(plan.ArenaFloats);
        arguments = new NativeBuffer(2L * argumentSlots);
        Managed = new Tensor?[plan.Storages.Length];
        External = new nint[plan.Storages.Length];
    }

    /// <summary>Managed values, by storage id.</summary>
    public Tensor?[] Managed { get; }

    /// <summary>Addresses of the caller's inputs during a run, by storage id.</summary>
    public nint[] External { get; }

    /// <summary>Argument tables of all kernels.</summary>
    public float** Arguments => (float**)arguments.Address;

    /// <summary>Start of the memory of a storage's root.</summary>
    public float* AddressOf(Storage storage) =>
        storage.Kind == StorageKind.External ? (float*)External[storage.Id] : arena.Address + storage.Root.Offset;

    public void Dispose()
    {
        arena.Dispose();
        arguments.Dispose();
    }
}
