using Attune.Devices.Memory;
using Attune.Kernels.Backends;
using Attune.Runtime.Execution;
using Attune.Runtime.Plan;

namespace Attune.Runtime.OnDevice;

/// <summary>The memory that a model has on a device: its arena, its constants, and the inputs that callers bring.</summary>
/// <param name="backend">The device.</param>
/// <param name="plan">The plan.</param>
internal sealed class DeviceMemories(IBackend backend, ExecutionPlan plan) : IDisposable
{
    private readonly Dictionary<AlignedFloats, IDeviceMemory> constants = [];
    private readonly Dictionary<int, IDeviceMemory> staged = [];
    private readonly IDeviceMemory arena = backend.Allocate(plan.ArenaFloats * sizeof(float));
    private IDeviceMemory? shared;

    /// <summary>Where a value lies: in the arena, or in dense memory of its own when the host brings or takes it.</summary>
    public DeviceRegion Of(Storage storage) => storage.InArena ? new DeviceRegion(arena, storage.Root.Offset * sizeof(float)) : Dense(storage);

    /// <summary>Dense memory of a value on its way from or to the host.</summary>
    public DeviceRegion Dense(Storage storage)
    {
        if (!staged.TryGetValue(storage.Id, out IDeviceMemory? memory))
        {
            memory = backend.Allocate(Math.Max(1, storage.Shape.Count) * sizeof(float));
            staged.Add(storage.Id, memory);
        }

        return new DeviceRegion(memory, 0);
    }

    /// <summary>Where an operand lies.</summary>
    public DeviceRegion Of(Operand operand) => operand switch
    {
        { Constant: { } constant } => new DeviceRegion(Keep(constant), 0),
        { Storage: { } storage } => Of(storage),
        _ => default,
    };

    /// <summary>Makes the workspace that all kernels share, one after the other; asked for once.</summary>
    /// <param name="floats">What the largest of them needs.</param>
    public DeviceRegion Share(long floats) => new(shared = backend.Allocate(floats * sizeof(float)), 0);

    /// <inheritdoc/>
    public void Dispose()
    {
        arena.Dispose();
        shared?.Dispose();
        foreach (IDeviceMemory memory in constants.Values.Concat(staged.Values))
        {
            memory.Dispose();
        }
    }

    // Brought to the device when they are first asked for; there they stay.
    private unsafe IDeviceMemory Keep(AlignedFloats constant)
    {
        if (!constants.TryGetValue(constant, out IDeviceMemory? memory))
        {
            memory = backend.Allocate(constant.Count * sizeof(float));
            constants.Add(constant, memory);
            const int Piece = 1 << 28;
            for (long at = 0; at < constant.Count; at += Piece)
            {
                memory.Write(at * sizeof(float), new ReadOnlySpan<byte>(constant.Address + at, (int)Math.Min(Piece, constant.Count - at) * sizeof(float)));
            }
        }

        return memory;
    }
}
