SELECT/*a/*b*/c*/a.b.*,`d``e`,"f""g",?3,:n,.5e-3,0x1F,x'00'FROM"t"WHERE a IS NOT DISTINCT FROM NOT b::VECTOR(3,i8)->>'k';;
