using System.Reflection.Emit;

namespace Attune.Kernels.Loops;

/// <content>Pointers and index arithmetic.</content>
internal sealed partial class IlLowering
{
    /// <summary>Makes the pointers that depend on a variable just bound, for every access in its scope: parent pointer + bytes * variable.</summary>
    private Dictionary<string, (LocalBuilder Pointer, long Bytes)> Introduce(LoopVariable variable, ReadOnlySpan<Statement> body)
    {
        identities.TryAdd(variable, identities.Count);
        var made = new Dictionary<string, (LocalBuilder Pointer, long Bytes)>();
        foreach ((Buffer buffer, Index offset) in AccessScan.Of(body))
        {
            long factor = FactorOf(offset, variable);
            if (factor == 0)
            {
                continue;
            }

            string key = Key(buffer, offset, scope.Count);
            if (made.ContainsKey(key))
            {
                continue;
            }

            long bytes = factor * buffer.ElementBytes;
            LocalBuilder pointer = Declare(typeof(nint));
            LoadLocal(Pointer(buffer, offset, scope.Count - 1));
            LoadLocal(variables[variable]);
            il.Emit(OpCodes.Ldc_I8, bytes);
            il.Emit(OpCodes.Conv_I);
            il.Emit(OpCodes.Mul);
            il.Emit(OpCodes.Add);
            StoreLocal(pointer);
            made[key] = (pointer, bytes);
        }

        foreach ((string key, (LocalBuilder pointer, _)) in made)
        {
            pointers[key] = pointer;
        }

        resolved.Clear();
        return made;
    }

    private void Retire(Dictionary<string, (LocalBuilder Pointer, long Bytes)> made)
    {
        foreach (string key in made.Keys)
        {
            pointers.Remove(key);
        }

        resolved.Clear();
    }

    /// <summary>The pointer that holds base + the terms of the first <paramref name="depth"/> variables of the scope.</summary>
    private LocalBuilder Pointer(Buffer buffer, Index offset, int depth)
    {
        while (depth > 0 && FactorOf(offset, scope[depth - 1]) == 0)
        {
            depth--;
        }

        return depth == 0 ? bases[buffer.Position] : pointers[Key(buffer, offset, depth)];
    }

    private string Key(Buffer buffer, Index offset, int depth)
    {
        var key = new System.Text.StringBuilder();
        key.Append(buffer.Position).Append('/').Append(buffer.ElementBytes);
        for (int i = 0; i < depth; i++)
        {
            long factor = FactorOf(offset, scope[i]);
            if (factor != 0)
            {
                key.Append(':').Append(identities[scope[i]]).Append('*').Append(factor);
            }
        }

        return key.ToString();
    }

    private static long FactorOf(Index offset, LoopVariable variable)
    {
        foreach ((LoopVariable v, long factor) in offset.Terms)
        {
            if (v == variable)
            {
                return factor;
            }
        }

        return 0;
    }

    private void PushAddress(Buffer buffer, Index offset)
    {
        if (!resolved.TryGetValue((buffer, offset), out LocalBuilder? pointer))
        {
            pointer = Pointer(buffer, offset, scope.Count);
            resolved[(buffer, offset)] = pointer;
        }

        LoadLocal(pointer);
        if (offset.Constant != 0)
        {
            il.Emit(OpCodes.Ldc_I4, checked((int)(offset.Constant * buffer.ElementBytes)));
            il.Emit(OpCodes.Conv_I);
            il.Emit(OpCodes.Add);
        }
    }

    private void PushIndex(Index index)
    {
        il.Emit(OpCodes.Ldc_I8, index.Constant);
        il.Emit(OpCodes.Conv_I);
        foreach ((LoopVariable variable, long factor) in index.Terms)
        {
            LoadLocal(variables[variable]);
            if (factor != 1)
            {
                il.Emit(OpCodes.Ldc_I8, factor);
                il.Emit(OpCodes.Conv_I);
                il.Emit(OpCodes.Mul);
            }

            il.Emit(OpCodes.Add);
        }
    }
}
