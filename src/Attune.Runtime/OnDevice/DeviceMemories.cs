using Attune.Devices;
using Attune.Kernels.Backends;
using Attune.Runtime.Execution;
using Attune.Runtime.Plan;

namespace Attune.Runtime.OnDevice;

/// <summary>The memory of one inference on a device: its arena, a workspace that kernels share, and values on their way from and to the host.</summary>
/// <param name="backend">The device.</param>
/// <param name="arenaFloats">Size of the arena, floats.</param>
/// <param name="sharedFloats">What the kernel with the largest workspace needs, floats.</param>
/// <exception cref="DeviceException">The device has not enough memory.</exception>
internal sealed class DeviceMemories(IBackend backend, long arenaFloats, long sharedFloats) : IDisposable
{
    private readonly Dictionary<int, IDeviceMemory> staged = [];
    private readonly IDeviceMemory arena = backend.Allocate(arenaFloats * sizeof(float));
    private IDeviceMemory? shared;

    /// <summary>Workspace that all kernels share, one after the other.</summary>
    public DeviceRegion Shared => new(shared ??= backend.Allocate(sharedFloats * sizeof(float)), 0);

    /// <summary>Brings an input from where the caller keeps it.</summary>
    /// <param name="input">A value of 32-bit floats that the caller brings.</param>
    /// <param name="context">Knows its address.</param>
    public unsafe void Upload(Storage input, RunContext context)
    {
        DeviceRegion region = Of(input);
        region.Memory!.Write(region.Offset, new ReadOnlySpan<byte>(context.AddressOf(input), BytesOf(input)));
    }

    /// <summary>Takes an output to its place on the host.</summary>
    /// <param name="output">A value in the arena.</param>
    /// <param name="context">Has room for it.</param>
    public unsafe void Download(Storage output, RunContext context)
    {
        DeviceRegion region = Of(output);
        region.Memory!.Read(region.Offset, new Span<byte>(context.AddressOf(output), BytesOf(output)));
    }

    /// <summary>Where a value lies: in the arena, or in dense memory of its own when the host brings or takes it.</summary>
    public DeviceRegion Of(Storage storage)
    {
        if (storage.InArena)
        {
            return new DeviceRegion(arena, storage.Root.Offset * sizeof(float));
        }

        if (!staged.TryGetValue(storage.Id, out IDeviceMemory? memory))
        {
            memory = backend.Allocate(Math.Max(1, storage.Shape.Count) * sizeof(float));
            staged.Add(storage.Id, memory);
        }

        return new DeviceRegion(memory, 0);
    }

    /// <summary>Where an operand lies.</summary>
    public DeviceRegion Of(DeviceOperand operand) => operand switch
    {
        { Constant: { } constant } => new DeviceRegion(constant, 0),
        { Storage: { } storage } => Of(storage),
        _ => default,
    };

    /// <inheritdoc/>
    public void Dispose()
    {
        arena.Dispose();
        shared?.Dispose();
        foreach (IDeviceMemory memory in staged.Values)
        {
            memory.Dispose();
        }
    }

    private static int BytesOf(Storage storage) => checked((int)storage.Shape.Count * sizeof(float));
}
