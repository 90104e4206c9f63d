using Attune.Kernels;

namespace Attune.Runtime.Binding;

/// <summary>Memory that a value of a model is read from or written to.</summary>
internal abstract class BoundBuffer : IDisposable
{
    /// <summary>Address of the first element; 0 for text.</summary>
    public abstract nint Address { get; }

    /// <summary>Copies the memory into a tensor of equal type and size.</summary>
    public abstract void CopyTo(Tensor tensor);

    /// <summary>Copies a tensor into the memory.</summary>
    /// <exception cref="InvalidOperationException">It is of another type or size: the network does not compute what it states.</exception>
    public abstract void CopyFrom(Tensor tensor);

    /// <summary>Unpins the memory.</summary>
    public abstract void Dispose();
}
