using System.Buffers;
using System.Runtime.CompilerServices;
using Attune.Kernels;

namespace Attune.Runtime.Binding;

/// <summary>Memory of the caller, or of the binding itself, pinned as long as it is bound.</summary>
/// <param name="memory">The memory; that of an input is never written.</param>
/// <param name="isOwn">True for the binding's own memory.</param>
internal sealed unsafe class PinnedBuffer<T>(Memory<T> memory, bool isOwn) : BoundBuffer
{
    private MemoryHandle pin = RuntimeHelpers.IsReferenceOrContainsReferences<T>() ? default : memory.Pin();

    /// <summary>True for the binding's own memory.</summary>
    public bool IsOwn => isOwn;

    public Memory<T> Memory => memory;

    public override nint Address => (nint)pin.Pointer;

    public override void CopyTo(Tensor tensor) => memory.Span.CopyTo(tensor.Elements<T>());

    public override void CopyFrom(Tensor tensor)
    {
        T[] elements = tensor.Elements<T>();
        if (elements.Length != memory.Length)
        {
            throw new InvalidOperationException($"The run made {elements.Length} elements where the network states {memory.Length}.");
        }

        elements.CopyTo(memory.Span);
    }

    public override void Dispose() => pin.Dispose();
}
