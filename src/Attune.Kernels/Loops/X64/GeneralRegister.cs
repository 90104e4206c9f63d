namespace Attune.Kernels.Loops.X64;

/// <summary>Numbers of the general registers that have a part of their own in code.</summary>
internal static class GeneralRegister
{
    public const int Rax = 0;
    public const int Rcx = 1;
    public const int Rdx = 2;
    public const int Rbx = 3;
    public const int Rsp = 4;
    public const int Rbp = 5;
    public const int Rsi = 6;
    public const int Rdi = 7;

    /// <summary>General registers of the machine.</summary>
    public const int Count = 16;
}
