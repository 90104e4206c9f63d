using System.Diagnostics.CodeAnalysis;

namespace Attune.Devices;

/// <summary>
/// What came of something that can fail in an expected way: a value, or the error that says why there is none. Both convert to it, so that a method returns
/// either. Immutable.
/// </summary>
/// <typeparam name="T">The value.</typeparam>
/// <typeparam name="TError">The error; it says what is wrong, where, and why.</typeparam>
public sealed class Result<T, TError>
    where T : notnull
    where TError : class
{
    /// <summary>A value as a result: for values that are known by an interface, which no conversion starts from.</summary>
    /// <param name="value">The value.</param>
    public Result(T value) => Value = value;

    private Result(TError error) => Error = error;

    /// <summary>The value; nothing useful when there is none.</summary>
    public T? Value { get; }

    /// <summary>Why there is no value; null when there is one.</summary>
    public TError? Error { get; }

    /// <summary>True when there is a value.</summary>
    [MemberNotNullWhen(true, nameof(Value))]
    [MemberNotNullWhen(false, nameof(Error))]
    public bool Succeeded => Error is null;

    /// <summary>A value as a result.</summary>
    public static implicit operator Result<T, TError>(T value) => new(value);

    /// <summary>An error as a result.</summary>
    public static implicit operator Result<T, TError>(TError error) => new(error);

    /// <summary>The value.</summary>
    /// <param name="failure">Makes the exception to throw when there is none.</param>
    public T OrThrow(Func<TError, Exception> failure) => Succeeded ? Value : throw failure(Error);
}
